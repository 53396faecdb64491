"""Taking on an environment by the screens: every step is kept, and nothing is good before it was proven."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers import trust
from customers.models import (
    ConnectionTest,
    Customer,
    Database,
    Environment,
    LogbookEntry,
    Need,
    Observation,
    Onboarding,
    Poll,
    Server,
    TrustProof,
)  # fmt: skip
from maintenance.models import Backup
from opsportal import business_time, work
from opsportal.sandbox.client import SandboxClient
from opsportal.sandbox.newcomers import add_newcomer
from opsportal.sandbox.principals import PORTAL_USER
from opsportal.sandbox.stacks import apply_template
from tests.world import ACCOUNTS, read_everything

CUSTOMER = {"name": "花屋", "kana": "ハナヤ", "slug": "hanaya", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def principals(settings):
    """The portal's own principal, as the simulated AWS knows it."""
    settings.PORTAL_READ_PRINCIPAL = settings.PORTAL_ACT_PRINCIPAL = PORTAL_USER


@pytest.fixture
def newcomer(scenes):
    """A fresh account of the simulated AWS."""
    (environment,) = add_newcomer(scenes.sandbox.simulation).environments
    return environment


@pytest.fixture
def admin(world, principals, client) -> Client:
    """A browser in which an admin proved themself just now."""
    client.force_login(world.admin)
    session = client.session
    session["proven_at"] = 2**40
    session.save()
    return client


def place_of(account: str, **other) -> dict:
    return {
        "name": "本番",
        "stage": "production",
        "account_id": account,
        "region": "ap-northeast-1",
        "plan": "full",
        **other,
    }


def begun(admin: Client, **other) -> Onboarding:
    assert admin.post(reverse("onboarding-new"), {**CUSTOMER, **other}).status_code == 302
    return Onboarding.objects.latest("pk")


def placed(admin: Client, account: str, **other) -> Onboarding:
    row = begun(admin)
    answer = admin.post(reverse("onboarding-place", args=[row.pk]), place_of(account, **other))
    assert answer.status_code == 302, re.findall(r"field-error.*|strip-act.*", answer.content.decode())
    row.refresh_from_db()
    return row


def template_of(admin: Client, row: Onboarding) -> str:
    answer = admin.get(reverse("onboarding-template", args=[row.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="opsportal-roles-hanaya-{row.slug}.json"'
    return answer.content.decode()


def found_for(admin: Client, row: Onboarding, **roles) -> str:
    given = {"read_role_arn": row.read_role_arn, "act_role_arn": row.act_role_arn, **roles}
    assert admin.post(reverse("onboarding-roles", args=[row.pk]), given).status_code == 302
    work.drain("test-read-role")
    work.drain("test-act-role")
    row.refresh_from_db()
    return admin.get(reverse("onboarding-test", args=[row.pk])).content.decode()


def make_stack(scenes, account: str, template: str, **careless) -> None:
    apply_template(SandboxClient(scenes.sandbox.url), account, template, **careless)


@pytest.fixture
def proven(admin, scenes, newcomer) -> Onboarding:
    """An onboarding whose roles are made and tested."""
    row = placed(admin, newcomer.account)
    make_stack(scenes, newcomer.account, template_of(admin, row))
    assert "接続は良好です" in found_for(admin, row)
    return row


def test_a_new_admin_takes_on_a_fresh_account_from_the_name_to_the_environment(admin, proven):
    assert not Environment.objects.filter(customer__slug="hanaya").exists()
    assert admin.post(reverse("onboarding-test", args=[proven.pk])).status_code == 302
    read_everything()
    reading = admin.get(reverse("onboarding-reading", args=[proven.pk])).content.decode()
    assert "web-1" in reading and "staging-1" in reading and "newcomer" in reading
    admin.post(reverse("onboarding-reading", args=[proven.pk]))
    answer = admin.post(reverse("onboarding-scope", args=[proven.pk]), {"scope": "whole"})
    assert answer.status_code == 302
    answer = admin.post(reverse("onboarding-agreement", args=[proven.pk]), {"plan": "full", "retention_days": 14})
    assert answer.status_code == 302
    owner = {"name": "花田 咲", "email": "owner@hanaya.example"}
    assert admin.post(reverse("onboarding-people", args=[proven.pk]), {**owner, "email": "nonsense"}).status_code == 422
    assert admin.post(reverse("onboarding-people", args=[proven.pk]), owner).status_code == 302
    proven.refresh_from_db()
    assert proven.step == Onboarding.Step.DONE
    page = admin.get(reverse("environment", args=[proven.environment_id])).content.decode()
    assert "花屋" in page and "web-1" in page
    assert "連絡先が1件もなく" in page, "whom to call at night is the next thing to do"
    assert set(LogbookEntry.objects.filter(customer=proven.customer).values_list("verb", flat=True)) >= {
        "customer-onboarded", "onboarding-begun", "environment-added", "scope-chosen", "agreed", "onboarding-finished",
    }  # fmt: skip


def told(row: Onboarding, verb: str) -> list[LogbookEntry]:
    return list(LogbookEntry.objects.filter(customer=row.customer, verb=verb).order_by("pk"))


def test_the_logbook_tells_the_whole_way_with_every_role_that_was_named(admin, world, proven):
    row, right = proven, proven.read_role_arn
    other = f"arn:aws:iam::{row.account_id}:role/SomethingElse"
    found_for(admin, row, read_role_arn=other)
    found_for(admin, row, read_role_arn=right)
    admin.post(reverse("onboarding-test-again", args=[row.pk]))
    work.drain("test-read-role")
    work.drain("test-act-role")
    environment = reading_begun(admin, row)
    (named,) = told(row, "place-named")
    assert (named.facts["account_id"], named.facts["region"]) == (row.account_id, "ap-northeast-1")
    assert named.actor == world.admin and named.address == "127.0.0.1"
    assert [entry.facts["read_role"] for entry in told(row, "roles-named")] == [right, other, right]
    assert len(told(row, "role-template-downloaded")) == 1 and len(told(row, "connection-test-asked")) == 4
    (failed,) = told(row, "connection-test-failed")
    assert (failed.facts["role_arn"], failed.facts["outcome"], failed.actor) == (other, ["no-entry"], None)
    assert len(told(row, "connection-test-passed")) == 7
    (added,) = told(row, "environment-added")
    assert (added.facts["read_role"], added.facts["act_role"]) == (right, environment.act_role_arn)
    assert added.facts["region"] == "ap-northeast-1"
    admin.post(reverse("onboarding-reading", args=[row.pk]))
    admin.post(reverse("onboarding-scope", args=[row.pk]), {"scope": "whole"})
    page = admin.get(reverse("logbook"), {"customer": row.customer_id}).content.decode()
    for words in (right, other, "このExternalIdのポータルを信頼していません", "アカウントとリージョンの全体"):
        assert words in page
    assert str(row.external_id) not in page


def test_nothing_is_read_and_nothing_stored_as_good_before_the_test_has_passed(admin, scenes, newcomer):
    row = placed(admin, newcomer.account)
    page = found_for(admin, row)
    assert "ロールを引き受けられません" in page and "取得を開始" not in page
    assert admin.post(reverse("onboarding-test", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.environment is None and row.step == Onboarding.Step.TEST
    assert not Poll.objects.filter(environment__customer__slug="hanaya").exists()


def test_another_admin_goes_on_where_the_first_has_stopped(world, admin, newcomer):
    row = placed(admin, newcomer.account)
    other = Client()
    world.operator.staff_role = "admin"
    world.operator.save()
    other.force_login(world.operator)
    assert "花屋" in other.get(reverse("onboardings")).content.decode()
    answer = other.get(reverse("onboarding", args=[row.pk]), follow=True)
    assert newcomer.account in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("onboarding-roles", args=[row.pk])


def test_a_missing_permission_is_named_with_the_duty_that_needs_it(admin, scenes, newcomer):
    row = placed(admin, newcomer.account)
    without = ["rds:DescribePendingMaintenanceActions"]
    make_stack(scenes, newcomer.account, template_of(admin, row), without=without)
    page = found_for(admin, row)
    assert "rds:DescribePendingMaintenanceActions" in page and "未許可" in page and "メンテナンス通知対応" in page
    assert ConnectionTest.objects.get(onboarding=row, role="read").state == ConnectionTest.State.FAILED
    make_stack(scenes, newcomer.account, template_of(admin, row))
    admin.post(reverse("onboarding-test-again", args=[row.pk]))
    work.drain("test-read-role")
    work.drain("test-act-role")
    assert "接続は良好です" in admin.get(reverse("onboarding-test", args=[row.pk])).content.decode()


def test_a_permission_that_the_plan_does_not_need_may_be_missing(admin, world, scenes, newcomer):
    from customers import agreements

    agreements.add_plan(code="notify", name_ja="通知のみ", name_en="Notify", provider_duties=["I1"])
    row = placed(admin, newcomer.account, plan="notify")
    make_stack(scenes, newcomer.account, template_of(admin, row), without=["backup:ListBackupJobs"])
    assert "接続は良好です" in found_for(admin, row)


def test_a_role_that_lets_in_anybody_is_refused(admin, scenes, newcomer):
    row = placed(admin, newcomer.account)
    make_stack(scenes, newcomer.account, template_of(admin, row), lets_in_anybody=True)
    page = found_for(admin, row)
    assert "誰でも入れるロールです" in page
    assert [entry.facts["outcome"] for entry in told(row, "connection-test-failed")] == [["open-role"]] * 2
    admin.post(reverse("onboarding-test", args=[row.pk]))
    assert not Environment.objects.filter(customer__slug="hanaya").exists()


def test_an_external_id_that_differs_is_refused(admin, scenes, newcomer):
    row = placed(admin, newcomer.account)
    template = template_of(admin, row).replace(str(row.external_id), "11111111-2222-3333-4444-555555555555")
    make_stack(scenes, newcomer.account, template)
    assert "ロールを引き受けられません" in found_for(admin, row)


def test_a_region_that_is_switched_off_is_told(admin, proven, scenes):
    scenes.apply("region-down", customer=scenes.sandbox.simulation.world.customers[-1].slug, how="off")
    admin.post(reverse("onboarding-test-again", args=[proven.pk]))
    work.drain("test-read-role")
    page = admin.get(reverse("onboarding-test", args=[proven.pk])).content.decode()
    assert "リージョンがこのアカウントの認証を受け付けません" in page and "取得を開始" not in page


def test_correcting_the_place_forgets_what_was_tested(admin, proven):
    admin.post(reverse("onboarding-place", args=[proven.pk]), place_of(proven.account_id, region="ap-northeast-3"))
    assert not ConnectionTest.objects.filter(onboarding=proven).exists()
    proven.refresh_from_db()
    assert proven.step == Onboarding.Step.ROLES


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "試験書店", "この名前の顧客はすでに登録されています"),
        ("name", "長" * 10_000, "120"),
        ("name", "<script>alert(1)</script>", "使えません"),
        ("name", "花\u200b屋", "使えません"),
        ("name", "花\u202e屋", "使えません"),
        ("slug", "shop", "すでに使われています"),
        ("slug", "花屋", "半角英数字"),
        ("time_zone", "Asia/Tokio", "タイムゾーン"),
    ],
)
def test_a_bad_customer_is_told_at_the_field_and_nothing_typed_is_lost(admin, field, value, told):
    answer = admin.post(reverse("onboarding-new"), {**CUSTOMER, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(rf'id="id_{field}".*?field-error[^>]*>(.*?)</p>', page, re.S)
    assert error and told in error[1]
    assert "<script>alert" not in page
    assert 'value="ハナヤ"' in page
    assert Customer.objects.count() == 2 and not Onboarding.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("account_id", "12345", "12桁"),
        ("account_id", "１２３４５６７８９０１２", "12桁"),
        ("account_id", ACCOUNTS["shop"], "別の顧客"),
        ("name", "長" * 10_000, "80"),
        ("name", "本\x00番", "使えません"),
        ("region", "ap-nowhere-1", ""),
        ("site_url", "javascript:alert(1)", "URL"),
        ("site_url", "https://www.日א本.jp/", "サイトのアドレスではありません"),
    ],
)
def test_a_bad_place_is_told_at_the_field(admin, field, value, told):
    row = begun(admin)
    answer = admin.post(reverse("onboarding-place", args=[row.pk]), place_of("777788889999", **{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(rf'id="id_{field}".*?field-error[^>]*>(.*?)</p>', page, re.S)
    assert error and told in error[1]
    assert "試験書店" not in page
    row.refresh_from_db()
    assert row.account_id == "" and row.step == Onboarding.Step.PLACE


def refused(answer) -> dict[str, str]:
    """What stands at each field."""
    assert answer.status_code == 422
    return {field: str(errors) for field, errors in answer.context["form"].errors.items()}


def test_all_that_is_wrong_is_told_at_once(admin, world):
    """Whoever mends one field must not be shown the next mistake only then."""
    wrong = {"name": "試験書店", "slug": "花屋", "time_zone": "Asia/Tokio"}
    assert set(refused(admin.post(reverse("onboarding-new"), {**CUSTOMER, **wrong}))) == set(wrong)

    admin.post(reverse("onboarding-environment", args=[world.shop.pk]))
    row = Onboarding.objects.get()
    wrong = {"name": "本番", "account_id": ACCOUNTS["inn"], "site_url": "javascript:alert(1)"}
    place = reverse("onboarding-place", args=[row.pk])
    found = refused(admin.post(place, place_of("777788889999", **wrong)))
    assert set(found) == set(wrong) and "すでにあります" in found["name"] and "別の顧客" in found["account_id"]
    wrong = {"name": "本番", "account_id": "12345", "site_url": "https://www.日א本.jp/", "region": "x"}
    assert set(refused(admin.post(place, place_of("777788889999", **wrong)))) == set(wrong)

    assert admin.post(place, place_of("777788889999", name="検証")).status_code == 302
    arns = {"read_role_arn": "nonsense", "act_role_arn": "arn:aws:iam::999999999999:role/OpsPortalAct"}
    roles = reverse("onboarding-roles", args=[row.pk])
    found = refused(admin.post(roles, arns))
    assert "ARN ではありません" in found["read_role_arn"] and "999999999999" in found["act_role_arn"]
    arns["read_role_arn"] = f"arn:aws:iam::777788889999:role/{'x' * 300}"
    found = refused(admin.post(roles, arns))
    assert "200" in found["read_role_arn"] and "999999999999" in found["act_role_arn"]
    same = dict.fromkeys(arns, "arn:aws:iam::777788889999:role/OpsPortalRead")
    assert set(refused(admin.post(roles, same))) == {"act_role_arn"}


@pytest.mark.parametrize("url", ["https://www.日本語.jp/お知らせ/", "https://www.example.jp/?q=あ"])
def test_an_address_in_japanese_is_kept_and_shown_as_it_was_typed(admin, url):
    row = placed(admin, "777788889999", site_url=url)
    assert row.site_url == url
    assert f'value="{url}"' in admin.get(reverse("onboarding-place", args=[row.pk])).content.decode()


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("nonsense", "ロールの ARN ではありません"),
        ("arn:aws:iam::999999999999:role/OpsPortalRead", "999999999999"),
        ("arn:aws:iam::777788889999:user/somebody", "ロールの ARN ではありません"),
    ],
)
def test_a_wrong_or_foreign_role_is_told_at_the_field(admin, arn, told):
    row = placed(admin, "777788889999")
    given = {"read_role_arn": arn, "act_role_arn": row.act_role_arn}
    answer = admin.post(reverse("onboarding-roles", args=[row.pk]), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page and arn in page
    assert not ConnectionTest.objects.exists()


def test_two_environments_of_one_customer_may_share_an_account_and_of_two_may_not(admin, proven):
    admin.post(reverse("onboarding-test", args=[proven.pk]))
    admin.post(reverse("onboarding-environment", args=[proven.customer_id]))
    second = Onboarding.objects.latest("pk")
    place = place_of(proven.account_id, name="検証", stage="staging")
    assert admin.post(reverse("onboarding-place", args=[second.pk]), place).status_code == 302
    other = begun(admin, name="靴屋", slug="kutsuya")
    answer = admin.post(reverse("onboarding-place", args=[other.pk]), place_of(proven.account_id))
    assert answer.status_code == 422 and "別の顧客" in answer.content.decode() and "花屋" not in answer.content.decode()


def test_the_daily_proof_raises_a_need_when_a_role_lets_in_anybody_and_settles_it(admin, proven, scenes, clock):
    template = template_of(admin, proven)
    admin.post(reverse("onboarding-test", args=[proven.pk]))
    work.drain("prove-trust")
    proof = TrustProof.objects.get(environment__customer=proven.customer, role="read")
    assert proof.openings == [] and proof.proven_at
    make_stack(scenes, proven.account_id, template, lets_in_anybody=True)
    clock.forward(days=1)
    work.drain("prove-trust")
    need = Need.objects.get(environment=proof.environment, kind="role-open")
    assert need.urgency == Need.Urgency.NOW and need.settled_at is None
    assert need.facts["openings"] == ["missing", "wrong"]
    make_stack(scenes, proven.account_id, template)
    clock.forward(days=1)
    work.drain("prove-trust")
    need.refresh_from_db()
    assert need.settled_at


def test_the_act_role_is_proven_daily_too_and_said_to_be_shut_before_a_night_needs_it(admin, proven, scenes, clock):
    template = template_of(admin, proven)
    admin.post(reverse("onboarding-test", args=[proven.pk]))
    proof = TrustProof.objects.get(environment__customer=proven.customer, role="act")
    environment = proof.environment

    def told() -> dict[str, str]:
        clock.forward(days=1)
        work.drain("prove-act-trust")
        return {need.kind: need.facts["role"] for need in Need.objects.filter(environment=environment, settled_at=None)}

    assert told() == {}
    proof.refresh_from_db()
    assert proof.openings == [] and proof.proven_at
    make_stack(scenes, proven.account_id, template, lets_in_anybody=True)
    assert told() == {"role-open": environment.act_role_arn}
    other = template.replace(str(environment.external_id), "another-external-id")
    make_stack(scenes, proven.account_id, other)
    assert told() == {"role-shut": environment.act_role_arn}
    page = admin.get(reverse("environment", args=[environment.pk])).content.decode()
    assert "操作ロール" in page and environment.act_role_arn in page
    make_stack(scenes, proven.account_id, template)
    assert told() == {}


def test_a_role_that_the_portal_cannot_enter_proves_nothing(world, scenes):
    proof = TrustProof.objects.get(environment=world.shop_production)
    trust.prove(proof, business_time.now())
    proof.refresh_from_db()
    assert proof.proven_at is None and proof.due_at > business_time.now()


def test_only_admins_see_any_of_it(world, admin, newcomer, client):
    row = placed(admin, newcomer.account)
    for user in (world.operator, world.owner):
        client.force_login(user)
        assert client.get(reverse("onboardings")).status_code == 404
        for step in ("place", "roles", "test", "template"):
            assert client.get(reverse(f"onboarding-{step}", args=[row.pk])).status_code == 404


def reading_begun(admin: Client, row: Onboarding) -> Environment:
    admin.post(reverse("onboarding-test", args=[row.pk]))
    read_everything()
    admin.post(reverse("onboarding-reading", args=[row.pk]))
    row.refresh_from_db()
    return row.environment


def running(environment: Environment) -> set[str]:
    return set(Server.objects.filter(environment=environment, gone_at=None).values_list("name", flat=True))


def test_by_a_tag_two_environments_share_an_account_and_each_reads_only_its_own(admin, proven, scenes):
    first = reading_begun(admin, proven)
    page = admin.get(reverse("onboarding-scope", args=[proven.pk])).content.decode()
    assert "Environment = production" in page and "Environment = staging" in page
    choice = {"scope": "tag", "tag": "Environment=production"}
    assert admin.post(reverse("onboarding-scope", args=[proven.pk]), choice).status_code == 302
    read_everything()
    assert running(first) == {"web-1", "web-2"}
    assert not Observation.objects.filter(environment=first, kind="gone", subject="server").exists()
    assert not Backup.objects.filter(environment=first, subject="server", subject_aws_id="").exists()

    admin.post(reverse("onboarding-environment", args=[proven.customer_id]))
    second = Onboarding.objects.latest("pk")
    admin.post(reverse("onboarding-place", args=[second.pk]), place_of(proven.account_id, name="検証", stage="staging"))
    second.refresh_from_db()
    make_stack(scenes, proven.account_id, template_of(admin, second))
    assert "接続は良好です" in found_for(admin, second)
    other = reading_begun(admin, second)
    staging = Server.objects.get(environment=other, name="staging-1")
    answer = admin.post(reverse("onboarding-scope", args=[second.pk]), {"scope": "picked", "picks": [staging.aws_id]})
    assert answer.status_code == 302
    read_everything()
    assert running(other) == {"staging-1"}
    assert not Database.objects.filter(environment=other, gone_at=None).exists()
    assert running(first) == {"web-1", "web-2"}


def test_an_admin_changes_what_belongs_long_after_and_nothing_is_lost(admin, proven, world):
    environment = reading_begun(admin, proven)
    admin.post(reverse("onboarding-scope", args=[proven.pk]), {"scope": "tag", "tag": "Environment=production"})
    admin.post(reverse("onboarding-agreement", args=[proven.pk]), {"plan": "full", "retention_days": 14})
    read_everything()
    address = reverse("scope", args=[environment.pk])
    assert address in admin.get(reverse("environment", args=[environment.pk])).content.decode()
    page = admin.get(address).content.decode()
    assert "staging-1" in page, "what else runs in the account can be chosen"
    web_1, staging = (server_named(page, name) for name in ("web-1", "staging-1"))
    answer = admin.post(address, {"scope": "picked", "picks": [web_1, staging]})
    assert answer.url == reverse("environment", args=[environment.pk])
    read_everything()
    assert running(environment) == {"web-1", "staging-1"}
    left = Server.objects.get(environment=environment, name="web-2")
    assert left.gone_at, "it is kept, marked gone"
    assert Observation.objects.filter(environment=environment, kind="gone", name="web-2").exists()
    entry = LogbookEntry.objects.filter(environment=environment, verb="scope-chosen").latest("at")
    assert entry.actor == world.admin and sorted(entry.facts["picks"]) == sorted([web_1, staging])
    admin.post(address, {"scope": "whole"})
    read_everything()
    assert running(environment) == {"web-1", "web-2", "staging-1"}
    environment.refresh_from_db()
    assert environment.elsewhere == []
    answer = admin.post(address, {"scope": "picked"})
    assert answer.status_code == 422 and "対象が1つもありません" in answer.content.decode()


def server_named(page: str, name: str) -> str:
    return re.search(rf'value="(i-\w+)"[^>]*><span><span class="strong">{name}<', page)[1]


def test_a_choice_to_which_nothing_belongs_is_told(admin, proven):
    reading_begun(admin, proven)
    for choice, told in (
        ({"scope": "picked"}, "対象が1つもありません"),
        ({"scope": "tag"}, "タグを選んでください"),
        ({}, "必須"),
    ):
        answer = admin.post(reverse("onboarding-scope", args=[proven.pk]), choice)
        assert answer.status_code == 422 and told in answer.content.decode()
