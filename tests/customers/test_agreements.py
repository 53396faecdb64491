"""The life of an agreement: drafted, proposed, signed by the owner, never changed after that."""

import datetime as dt
import zoneinfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from customers import agreement_words, agreements, business_hours, proposals, terms, walls
from customers.hours import Weekly
from customers.models import (
    ActionClass,
    Agreement,
    Approver,
    Band,
    Duty,
    Environment,
    LogbookEntry,
    NightChoice,
    Performer,
    Poll,
    Silence,
)
from opsportal import business_time
from tests.customers.agreeing import drafted, proposed, signed
from tests.world import read_now

DAY = dt.timedelta(days=1)
TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")


def holding(world, at=None) -> Agreement:
    return agreements.agreement_at(world.shop_production, at or business_time.now())


def sign(world, digest, by=None):
    return proposals.sign(
        environment=world.shop_production,
        digest=digest,
        language="ja",
        at=business_time.now(),
        by=by or world.owner,
    )


def test_a_proposal_holds_once_the_owner_has_signed_it(world):
    before = holding(world)
    proposal = proposed(world, world.admin, retention_days=14)
    assert holding(world) == before and proposals.waiting(world.shop_production) == proposal
    agreement = sign(world, proposal.digest)
    held = holding(world)
    assert (held, held.retention_days, held.number) == (agreement, 14, 2)
    assert (held.signed_by, held.confirmed_by) == (world.owner, world.admin)
    assert proposals.waiting(world.shop_production) is None
    verbs = list(LogbookEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["agreement-proposed", "agreement-signed"]
    assert LogbookEntry.objects.last().facts == {"number": 2, "digest": held.digest}


def test_what_an_owner_proposes_holds_once_an_admin_has_confirmed_it(world):
    proposal = proposed(world, world.owner, retention_days=30)
    assert holding(world).retention_days == 7
    at = business_time.now()
    agreed = proposals.confirm(environment=world.shop_production, digest=proposal.digest, at=at, by=world.admin)
    assert (holding(world), agreed.signed_by, agreed.confirmed_by) == (agreed, world.owner, world.admin)


@pytest.mark.parametrize("who", ["approver", "developer", "viewer", "stranger", "operator", "admin"])
def test_only_an_owner_signs(world, who):
    proposal = proposed(world, world.admin)
    with pytest.raises(PermissionDenied):
        sign(world, proposal.digest, by=getattr(world, who))
    assert proposals.waiting(world.shop_production) == proposal


@pytest.mark.parametrize("who", ["operator", "owner", "stranger"])
def test_only_an_admin_confirms(world, who):
    proposal = proposed(world, world.owner)
    at = business_time.now()
    with pytest.raises(PermissionDenied):
        proposals.confirm(environment=world.shop_production, digest=proposal.digest, at=at, by=getattr(world, who))


def test_a_yes_to_a_text_that_was_replaced_is_not_taken(world):
    first = proposed(world, world.admin, retention_days=14)
    second = proposed(world, world.admin, retention_days=21)
    with pytest.raises(proposals.TextChangedError):
        sign(world, first.digest)
    first.refresh_from_db()
    assert (first.state, first.number, second.number) == (Agreement.State.WITHDRAWN, 2, 3)
    assert sign(world, second.digest).retention_days == 21


def test_a_counter_proposal_declines_what_waits(world):
    ours = proposed(world, world.admin, retention_days=14)
    theirs = proposed(world, world.owner, retention_days=10)
    ours.refresh_from_db()
    assert (ours.state, proposals.waiting(world.shop_production)) == (Agreement.State.DECLINED, theirs)


def test_a_draft_that_changed_after_it_was_read_is_not_proposed(world):
    digest = proposals.shown(drafted(world, world.admin, retention_days=14)).digest
    drafted(world, world.admin, retention_days=15)
    with pytest.raises(proposals.TextChangedError):
        proposals.propose(environment=world.shop_production, digest=digest, at=business_time.now(), by=world.admin)


def test_every_term_is_in_the_text_so_that_each_changes_the_digest(world):
    base = proposals.shown(drafted(world, world.admin)).digest
    approvals, nights = terms.standard_approvals(), terms.standard_night_choices()
    approvals[ActionClass.RESIZE] = terms.stored_approval(terms.ApprovalRule(Approver.OWNER, two_persons=True))
    nights[ActionClass.STORAGE][Band.NIGHT] = terms.stored_night(
        terms.NightRule(NightChoice.CALL_FIRST, 25, Silence.ACT)
    )
    other = agreements.add_plan(code="notify", name_ja="通知のみ", name_en="Notify", provider_duties=["I1"])
    changes = {
        "plan": other,
        "performers": {"N6": "nobody"},
        "approvals": approvals,
        "night_choices": nights,
        "night_from": dt.time(23),
        "night_until": dt.time(6),
        "long_work_minutes": 45,
        "notice_long_days": 31,
        "notice_short_days": 13,
        "notice_aws_days": 1,
        "retention_days": 8,
        "site_url": "https://other.example/",
        "site_text": "別の文言",
        "remarks": "年に一度見直す",
        "starts_on": business_time.now().astimezone(TOKYO).date() + DAY,
    }
    assert set(changes) == set(proposals.TERMS)
    digests = [proposals.shown(drafted(world, world.admin, **{name: value})).digest for name, value in changes.items()]
    assert len({base, *digests}) == len(changes) + 1


def test_a_signed_agreement_can_neither_be_changed_nor_deleted(world):
    agreement = signed(world)
    rows = Agreement.objects.filter(pk=agreement.pk)
    for change in ({"retention_days": 9}, {"texts": {}}, {"state": "draft"}, {"signed_by": world.viewer}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_agreement WHERE id = %s", [agreement.pk])


def test_nobody_says_who_an_agreement_names(world):
    """What people are called the database writes by itself, at the moment they act."""
    people = Agreement.objects.get(pk=signed(world).pk).people
    assert people["signed"] == {"name": world.owner.name, "email": world.owner.email}
    assert set(people) == {"drafted", "proposed", "signed", "confirmed"}
    proposal = proposed(world, world.owner)
    for agreement in Agreement.objects.filter(environment=world.shop_production):
        agreement.people = {"signed": {"name": "別人", "email": "x@example.com"}}
        agreement.save()
        agreement.refresh_from_db()
        assert "別人" not in str(agreement.people)
    proposal.refresh_from_db()
    assert set(proposal.people) == {"drafted", "proposed", "signed"}


def test_the_words_of_a_proposal_cannot_be_changed_under_the_reader(world):
    proposal = proposed(world, world.admin)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Agreement.objects.filter(pk=proposal.pk).update(retention_days=9)


def test_a_plan_that_changes_later_changes_nothing_that_was_signed(world):
    agreement = signed(world)
    agreements.add_plan(code="full", name_ja="フルサポート", name_en="Full support", provider_duties=["I1"])
    held = holding(world)
    assert agreements.performers(held)[Duty.N5] == Performer.PROVIDER
    assert held.texts == agreement.texts and agreement_words.digest_of(held.texts) == agreement.digest


def test_a_version_holds_from_its_day_on_in_the_customers_zone(world, clock):
    day = business_time.now().astimezone(TOKYO).date() + 3 * DAY
    agreement = signed(world, retention_days=14, starts_on=day)
    midnight = dt.datetime.combine(day, dt.time(), TOKYO)
    assert agreement.valid_from == midnight
    assert holding(world, midnight - dt.timedelta(seconds=1)).retention_days == 7
    assert holding(world, midnight).retention_days == 14


def test_a_version_signed_after_its_day_holds_from_the_signature(world, clock):
    proposal = proposed(world, world.admin, starts_on=business_time.now().astimezone(TOKYO).date() + DAY)
    clock.forward(days=5)
    assert sign(world, proposal.digest).valid_from >= business_time.now() - dt.timedelta(minutes=1)


def test_a_newer_version_is_never_overtaken_by_an_older_one_whose_day_comes(world, clock):
    signed(world, retention_days=14, starts_on=business_time.now().astimezone(TOKYO).date() + 5 * DAY)
    newest = signed(world, retention_days=21, starts_on=None)
    assert holding(world) == newest
    clock.forward(days=10)
    assert holding(world) == newest


def test_what_held_at_any_past_moment_can_be_asked(world, clock):
    first, moments = holding(world), []
    for days in (14, 21):
        clock.forward(days=1)
        moments.append((signed(world, retention_days=days), business_time.now()))
    assert holding(world, moments[0][1] - DAY / 2) == first
    assert [holding(world, moment) for _agreement, moment in moments] == [one for one, _moment in moments]
    assert holding(world, first.valid_from - DAY) is None


def test_the_site_is_visited_where_the_version_that_begins_says(read, clock):
    shop = read.shop_production
    day = business_time.now().astimezone(TOKYO).date() + DAY
    signed(read, site_url=f"{shop.site_url}elsewhere/", site_text="別の文言", starts_on=day)
    read_now(shop)
    assert Environment.objects.get(pk=shop.pk).site_text != "別の文言"
    clock.forward(days=1)
    read_now(shop)
    moved = Environment.objects.get(pk=shop.pk)
    assert (moved.site_url, moved.site_text) == (f"{shop.site_url}elsewhere/", "別の文言")
    assert LogbookEntry.objects.filter(verb="site-moved", environment=shop).count() == 1


def test_a_site_agreed_for_an_environment_without_one_is_visited(world):
    inn = world.inn_production
    Environment.objects.filter(pk=inn.pk).update(site_url="")
    Poll.objects.filter(environment=inn, reading=Poll.Reading.SITE).delete()
    agreements.visit_from(inn, business_time.now(), business_time.now())
    assert Poll.objects.get(environment=inn, reading=Poll.Reading.SITE).due_at is not None


def test_without_a_signature_everything_is_asked_and_nothing_is_done_alone(world):
    agreement, at = holding(world), business_time.now()
    for found in (agreement, None):
        assert agreements.approval_rule(found, ActionClass.BACKUP).role == Approver.OWNER
        assert agreements.night_choice(found, ActionClass.SERVICE_RESTART, at).choice == NightChoice.NOTIFY_ONLY


def test_nothing_provisional_replaces_what_was_signed(world):
    agreement = signed(world)
    at = business_time.now()
    with pytest.raises(ValidationError):
        agreements.agree(
            environment=world.shop_production, plan=agreement.plan, retention_days=3, valid_from=at, at=at, by=None
        )


def test_the_night_choice_follows_the_hours_of_the_customer(world):
    nights = terms.standard_night_choices(NightChoice.RECOVER_FIRST)
    nights[ActionClass.SERVICE_RESTART] = {
        Band.BUSINESS: terms.stored_night(terms.NightRule(NightChoice.CALL_FIRST, 5, Silence.ACT)),
        Band.OFF_HOURS: terms.stored_night(terms.NightRule(NightChoice.CALL_FIRST, 15, Silence.ACT_IF_DOWN)),
        Band.NIGHT: terms.stored_night(terms.NightRule(NightChoice.RECOVER_FIRST, 10)),
    }
    business_hours.set_hours(
        customer=world.shop,
        weekly=[Weekly(weekday, 540, 1080) for weekday in range(7)],
        holidays="ordinary",
        at=business_time.now(),
        by=world.admin,
    )
    agreement = signed(world, night_choices=nights)
    for hour, minutes in ((10, 5), (20, 15), (3, 10), (22, 10), (7, 15)):
        at = dt.datetime(2026, 12, 2, hour, tzinfo=TOKYO)
        assert agreements.night_choice(agreement, ActionClass.SERVICE_RESTART, at).minutes == minutes, hour


def test_notice_is_longer_for_long_work(world):
    agreement = signed(world, long_work_minutes=30, notice_long_days=30, notice_short_days=14, notice_aws_days=0)
    days = agreements.notice_days
    assert (days(agreement, 30), days(agreement, 29), days(agreement, 60, set_by_aws=True)) == (30, 14, 0)


def test_differences_are_told_in_plain_words_and_only_those(world):
    before = holding(world)
    nights = terms.standard_night_choices()
    signed(world, night_choices=nights)
    after = signed(world, retention_days=14, performers={"N6": "nobody"}, night_choices=nights)
    previous = Agreement.objects.get(environment=world.shop_production, number=after.number - 1)
    found = agreement_words.differences(previous.texts["ja"], after.texts["ja"])
    assert [(one.label, one.before, one.after) for one in found] == [
        ("N6 アプリのバージョン管理", "当社", "担当なし(プランの例外)"),
        ("バックアップの保持日数", "7 日", "14 日"),
    ]
    assert before.number == 1


def test_terms_that_make_no_sense_are_refused(world):
    past = business_time.now().astimezone(TOKYO).date() - DAY
    wrong_nights = terms.standard_night_choices() | {"reboot-everything": {}}
    for change in (
        {"starts_on": past},
        {"night_choices": wrong_nights},
        {"retention_days": 0},
        {"site_url": "ftp://x"},
        {"remarks": "長" * 2001},
    ):
        with pytest.raises(ValidationError):
            drafted(world, world.admin, **change)


def test_nobody_of_the_customer_can_see_what_the_provider_still_drafts(world):
    draft = drafted(world, world.admin)
    with walls.seen_by(world.owner.pk):
        assert not Agreement.objects.filter(pk=draft.pk).exists()
        assert Agreement.objects.exists()
