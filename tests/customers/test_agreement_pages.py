"""Agreements through the browser's door: read, drafted, signed on a page that says exactly what is signed."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from customers import agreements, proposals
from customers.models import Agreement, Member, Message
from customers.sealed import secrets_of
from opsportal import business_time
from tests.customers.agreeing import drafted, proposed, signed


@pytest.fixture
def at(world, client):
    """Opens or sends a page of our environment's agreement as somebody."""

    def opened(who, name="agreement", data=None, proven_at=2**40, **query):
        client.force_login(getattr(world, who))
        session = client.session
        session["proven_at"] = proven_at
        session.save()
        address = reverse(name, args=[world.shop_production.pk], query=query)
        return client.get(address) if data is None else client.post(address, data)

    return opened


def filled(response) -> dict[str, str]:
    """What the form of a page would send, as a browser reads it."""
    form = response.context["form"]
    values = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False and value != "":
            values[field.html_name] = str(getattr(value, "value", value))
    return values


def text_of(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_an_admin_drafts_reads_proposes_and_the_owner_signs(world, at):
    form = filled(at("admin", "agreement-draft"))
    response = at("admin", "agreement-draft", form | {"retention_days": "14", "remarks": "年に一度見直す"})
    assert response.status_code == 302, response.context["form"].errors
    assert response.url == reverse("agreement-preview", args=[world.shop_production.pk])
    preview = at("admin", "agreement-preview")
    assert "7 日" in text_of(preview) and "14 日" in text_of(preview)
    at("admin", "agreement-preview", {"digest": preview.context["digest"]})
    page = at("owner", "agreement-answer")
    assert "年に一度見直す" in text_of(page)
    assert proposals.waiting(world.shop_production), "reading signs nothing"
    at("owner", "agreement-answer", {"digest": page.context["waiting"].digest, "agree": "yes"})
    held = agreements.agreement_at(world.shop_production, business_time.now())
    assert (held.retention_days, held.signed_by, held.signed_language) == (14, world.owner, "ja")
    assert "署名済み" in text_of(at("viewer"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://169.254.169.254/latest/meta-data/", "この宛先は内部のネットワークです"),
        ("https://www.example.jp:3306/", "80番と443番"),
        ("https://user:pass@www.example.jp/", "ユーザー名とパスワード"),
    ],
)
def test_an_owner_who_names_an_address_inside_is_told_at_the_field(world, at, url, words):
    response = at("owner", "agreement-draft", filled(at("owner", "agreement-draft")) | {"site_url": url})
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors["site_url"])
    assert not Agreement.objects.filter(state=Agreement.State.DRAFT).exists()


def test_an_owner_proposes_and_an_admin_confirms(world, at, client):
    at("owner", "agreement-draft", filled(at("owner", "agreement-draft")) | {"retention_days": "30"})
    preview = at("owner", "agreement-preview")
    at("owner", "agreement-preview", {"digest": preview.context["digest"]})
    client.force_login(world.operator)
    assert "確認を待っています" in text_of(client.get(reverse("home")))
    page = at("admin", "agreement-answer")
    at("admin", "agreement-answer", {"digest": page.context["waiting"].digest, "agree": "yes"})
    assert agreements.agreement_at(world.shop_production, business_time.now()).retention_days == 30


def test_a_signature_under_an_older_text_is_not_taken_and_the_new_text_is_shown(world, at):
    proposed(world, world.admin, retention_days=14)
    digest = at("owner", "agreement-answer").context["waiting"].digest
    proposed(world, world.admin, retention_days=21)
    response = at("owner", "agreement-answer", {"digest": digest, "agree": "yes"})
    assert response.url == reverse("agreement-answer", args=[world.shop_production.pk])
    page = at("owner", "agreement-answer")
    assert "文面が変わりました" in text_of(page) and "21 日" in text_of(page)
    assert agreements.agreement_at(world.shop_production, business_time.now()).retention_days == 7


def test_an_old_session_proves_itself_before_it_proposes_or_signs(world, at):
    answer, preview = (
        reverse(name, args=[world.shop_production.pk]) for name in ("agreement-answer", "agreement-preview")
    )
    drafted(world, world.admin, retention_days=14)
    digest = at("admin", "agreement-preview").context["digest"]
    asked = at("admin", "agreement-preview", {"digest": digest}, proven_at=0)
    assert asked.url == reverse("confirm", query={"next": preview}) and proposals.waiting(world.shop_production) is None
    at("admin", "agreement-preview", {"digest": digest})
    asked = at("owner", "agreement-answer", {"digest": digest, "agree": "yes"}, proven_at=0)
    assert asked.url == reverse("confirm", query={"next": answer})
    assert agreements.agreement_at(world.shop_production, business_time.now()).retention_days == 7
    assert proposals.waiting(world.shop_production) is not None
    no = {"digest": digest, "decline": "yes", "reason": "いいえ"}
    assert at("owner", "agreement-answer", no, proven_at=0).url == reverse("agreement", args=[world.shop_production.pk])
    assert proposals.waiting(world.shop_production) is None


def test_a_signature_without_a_digest_signs_nothing(world, at):
    proposed(world, world.admin)
    at("owner", "agreement-answer", {"agree": "yes"})
    assert proposals.waiting(world.shop_production) is not None


def test_no_needs_a_reason_and_the_other_side_reads_it(world, at):
    proposal = proposed(world, world.admin)
    response = at("owner", "agreement-answer", {"digest": proposal.digest, "decline": "yes", "reason": ""})
    assert "どこを変えたいのか" in text_of(response) and proposals.waiting(world.shop_production)
    at("owner", "agreement-answer", {"digest": proposal.digest, "decline": "yes", "reason": "保持は 30 日で"})
    proposal.refresh_from_db()
    assert proposal.state == Agreement.State.DECLINED
    version = reverse("agreement-version", args=[world.shop_production.pk, proposal.number])
    assert "保持は 30 日で" in at("admin").client.get(version).content.decode()


def test_the_proposer_takes_it_back(world, at):
    proposal = proposed(world, world.admin)
    assert "署名する" not in text_of(at("admin", "agreement-answer"))
    at("admin", "agreement-answer", {"digest": proposal.digest, "decline": "yes", "reason": "書き直します"})
    proposal.refresh_from_db()
    assert proposal.state == Agreement.State.WITHDRAWN


@pytest.mark.parametrize("name", ["agreement-draft", "agreement-preview", "agreement-answer"])
@pytest.mark.parametrize("who", ["operator", "approver", "developer", "viewer", "stranger"])
def test_others_neither_draft_nor_answer(world, at, name, who):
    proposal = proposed(world, world.admin)
    assert at(who, name).status_code == 404
    assert at(who, name, {"digest": proposal.digest, "agree": "yes"}).status_code == 404
    assert proposals.waiting(world.shop_production) == proposal


def test_wrong_terms_are_told_at_their_field_and_nothing_written_is_lost(world, at):
    form = filled(at("admin", "agreement-draft"))
    wrong = {
        "retention_days": "0",
        "site_url": "javascript:alert(1)",
        "starts_on": "2020-01-01",
        "minutes_server-restart_night": "100000",
        "choice_server-restart_night": "burn-it-down",
        "remarks": "<script>alert(1)</script>",
    }
    response = at("admin", "agreement-draft", form | wrong)
    errors = set(response.context["form"].errors)
    assert errors >= set(wrong) - {"remarks", "starts_on"}
    assert "&lt;script&gt;" in response.content.decode() and "<script>alert" not in response.content.decode()
    assert proposals.draft_of(world.shop_production, Agreement.Side.PROVIDER) is None
    response = at("admin", "agreement-draft", form | {"starts_on": "2020-01-01"})
    assert "過ぎた日付です" in text_of(response)


def test_what_was_agreed_at_a_past_moment_is_shown(world, at, clock):
    before = business_time.now()
    clock.forward(days=2)
    signed(world, retention_days=99)
    assert "99 日" in text_of(at("viewer"))
    moment = (before + dt.timedelta(hours=10)).strftime("%Y-%m-%dT%H:%M")
    page = text_of(at("viewer", at=moment))
    assert "99 日" not in page and "暫定" in page
    assert "まだ取り決めはありません" in text_of(at("viewer", at="2001-01-01T00:00"))


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-13-45T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "\0", "x" * 10_000]
)
def test_a_moment_that_is_none_is_told_and_now_is_shown(at, moment):
    response = at("viewer", at=moment)
    assert response.status_code == 200


def test_two_versions_are_compared_in_plain_words(world, at):
    signed(world, retention_days=14)
    signed(world, retention_days=21)
    version = reverse("agreement-version", args=[world.shop_production.pk, 3])
    page = at("viewer").client.get(version)
    assert [(one.before, one.after) for one in page.context["differences"]] == [("14 日", "21 日")]
    page = at("viewer").client.get(f"{version}?against=1")
    assert ("7 日", "21 日") in [(one.before, one.after) for one in page.context["differences"]]
    assert at("viewer").client.get(version.replace("/3/", "/9/")).status_code == 404
    assert at("viewer").client.get(f"{version}?against=x").status_code == 200


def test_those_whose_yes_is_needed_get_a_mail_and_the_proposer_hears_the_answer(world, at):
    proposal = proposed(world, world.owner)
    assert Message.objects.get(kind="agreement-proposed").user == world.admin
    assert "【確認のお願い】試験書店" in Message.objects.get().subject
    at("admin", "agreement-answer", {"digest": proposal.digest, "decline": "yes", "reason": "保持は 30 日で"})
    answer = Message.objects.get(kind="agreement-answered")
    assert answer.user == world.owner and "保持は 30 日で" in answer.body and "高橋 葵" in answer.body
    proposal = proposed(world, world.admin)
    asked = Message.objects.filter(kind="agreement-proposed").latest("pk")
    assert asked.user == world.owner
    assert secrets_of(asked)["link"].endswith(reverse("agreement-answer", args=[world.shop_production.pk]))
    at("owner", "agreement-answer", {"digest": proposal.digest, "agree": "yes"})
    assert Message.objects.filter(kind="agreement-answered", user=world.admin, subject__contains="合意").count() == 1


def test_the_owners_home_and_the_environment_say_that_a_version_waits(world, at, client):
    proposed(world, world.admin)
    for who, word in (("owner", "あなたの署名を待っています"), ("viewer", "サイト責任者の署名を待っています")):
        client.force_login(getattr(world, who))
        for address in (reverse("home"), reverse("environment", args=[world.shop_production.pk])):
            assert word in text_of(client.get(address)), (who, address)


def test_a_draft_is_thrown_away_by_its_own_side_only(world, at):
    drafted(world, world.admin, remarks="秘密の下書き")
    assert "秘密の下書き" not in text_of(at("owner", "agreement-draft"))
    at("owner", "agreement-draft", {"discard": "yes"})
    assert proposals.draft_of(world.shop_production, Agreement.Side.PROVIDER)
    at("admin", "agreement-draft", {"discard": "yes"})
    assert proposals.draft_of(world.shop_production, Agreement.Side.PROVIDER) is None


def test_staff_see_what_waits_over_all_customers(world, at, client):
    proposed(world, world.admin)
    client.force_login(world.operator)
    page = client.get(reverse("agreements-waiting"))
    assert [row.environment for row in page.context["for_them"]] == [world.shop_production]
    assert {row.environment for row in page.context["unsigned"]} == {world.shop_production, world.inn_production}


def test_in_english_the_same_terms_are_read_and_signed(world, at):
    proposal = proposed(world, world.admin, retention_days=14)
    world.owner.language = "en"
    world.owner.save()
    page = text_of(at("owner", "agreement-answer"))
    assert "14 days" in page and "Recover first" not in page and "Call first" in page
    at("owner", "agreement-answer", {"digest": proposal.digest, "agree": "yes"})
    held = agreements.agreement_at(world.shop_production, business_time.now())
    assert (held.signed_language, held.digest) == ("en", proposal.digest)


def test_who_signed_and_left_goes_on_being_named_to_those_who_stayed(world, at, client):
    """An agreement that says of nobody who signed it proves nothing to the customer's next owner."""
    signed(world, retention_days=14)
    proposed(world, world.owner, retention_days=21)
    name = world.owner.name
    Member.objects.filter(user=world.approver).update(role="owner")
    world.owner.memberships.all().delete()
    type(world.owner).objects.filter(pk=world.owner.pk).update(name="新しい名")
    held, waiting = Agreement.objects.get(state="signed"), proposals.waiting(world.shop_production)
    for who in ("approver", "viewer", "admin"):
        page = text_of(at(who))
        assert page.count(name) == 4 and "新しい名" not in page, "signed twice, in the list and above; proposed"
        for number in (held.number, waiting.number):
            version = text_of(client.get(reverse("agreement-version", args=[world.shop_production.pk, number])))
            assert name in version and "新しい名" not in version
    assert name in text_of(at("admin", "agreement-answer"))
