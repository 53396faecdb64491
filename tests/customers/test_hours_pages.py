"""Business hours on the screen: set by admins and owners, seen by all of the customer's people."""

import datetime as dt

import pytest
from django.urls import reverse

from customers import business_hours, hours
from customers.models import LogbookEntry, SpecialDay
from opsportal import business_time

WEEK = {"holidays": "closed", "opens_0_0": "9:00", "closes_0_0": "12:00", "opens_0_1": "13:00", "closes_0_1": "18:00"}


@pytest.fixture
def sent(world, client):
    """Sends a form about our customer's hours as somebody."""

    def send(who, data, name="business-hours"):
        client.force_login(getattr(world, who))
        return client.post(reverse(name, args=[world.shop.pk]), data)

    return send


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


@pytest.mark.parametrize("who", ["admin", "owner"])
def test_admins_and_owners_set_the_week(world, sent, client, who):
    assert sent(who, WEEK | {"opens_5_0": "１８：００", "closes_5_0": "26:00"}).status_code == 302
    assert business_hours.weekly_of(world.shop) == [
        hours.Weekly(0, 540, 720), hours.Weekly(0, 780, 1080), hours.Weekly(5, 1080, 1560),
    ]  # fmt: skip
    assert LogbookEntry.objects.filter(verb="hours-set", actor=getattr(world, who)).exists()
    page = client.get(reverse("business-hours", args=[world.shop.pk])).content.decode()
    assert "09:00" in page and "26:00" in page and "これからの 7 日間" in page


@pytest.mark.parametrize("who", ["operator", "approver", "developer", "viewer", "stranger"])
def test_others_set_nothing(world, sent, who):
    assert sent(who, WEEK).status_code == 404
    assert sent(who, {"kind": "closed"}, "add-special-day").status_code == 404
    assert business_hours.weekly_of(world.shop) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"opens_0_1": "11:00"}, "opens_0_1"),
        ({"opens_6_0": "20:00", "closes_6_0": "34:00"}, "closes_6_0"),
        ({"opens_6_0": "20:00", "closes_6_0": "30:00", "opens_0_0": "5:00"}, "opens_0_0"),
        ({"opens_6_0": "20:00", "closes_6_0": "9:30"}, "closes_6_0"),
        ({"opens_1_0": "9:00"}, "closes_1_0"),
        ({"opens_1_0": "25:00", "closes_1_0": "26:00"}, "opens_1_0"),
        ({"opens_1_0": "9時", "closes_1_0": "18:00"}, "opens_1_0"),
        ({"opens_1_0": "9:60", "closes_1_0": "18:00"}, "opens_1_0"),
        ({"opens_1_0": "<script>", "closes_1_0": "18:00"}, "opens_1_0"),
        ({"holidays": "sometimes"}, "holidays"),
    ],
)
def test_wrong_hours_are_told_at_their_field_and_nothing_is_half_kept(world, sent, wrong, field):
    response = sent("admin", WEEK | wrong)
    assert list(errors(response)) == [field]
    assert business_hours.weekly_of(world.shop) == []
    assert response.context["form"]["closes_0_0"].value() == "12:00"


@pytest.mark.parametrize(("closes", "late"), [("2:00", "26:00"), ("0:00", "24:00"), ("6:00", "30:00")])
def test_closing_before_opening_is_told_at_the_closing_with_how_the_night_is_written(world, sent, closes, late):
    response = sent("owner", WEEK | {"opens_6_0": "20:00", "closes_6_0": closes})
    (told,) = errors(response)["closes_6_0"]
    assert late in told and told in response.text
    assert sent("owner", WEEK | {"opens_5_0": "20:00", "closes_5_0": late}).status_code == 302


def test_days_are_added_and_removed(world, sent):
    today = business_time.now().astimezone(dt.UTC).date()
    first, last = today + dt.timedelta(days=30), today + dt.timedelta(days=35)
    given = {"kind": "blackout", "first": first.isoformat(), "last": last.isoformat(), "name": "夏のセール"}
    assert sent("owner", given, "add-special-day").status_code == 302
    row = SpecialDay.objects.get(customer=world.shop)
    assert (row.first, row.last, row.kind) == (first, last, "blackout")
    again = sent("owner", given, "add-special-day")
    assert "name" in again.context["special_form"].errors
    assert sent("admin", {"special_day": row.pk}, "remove-special-day").status_code == 302
    assert sent("admin", {"special_day": row.pk}, "remove-special-day").status_code == 302
    assert sent("admin", {"special_day": "x"}, "remove-special-day").status_code == 302
    assert not SpecialDay.objects.exists()


def test_a_day_of_another_customer_is_not_removed(world, sent):
    at = business_time.now()
    foreign = business_hours.add_special_day(
        customer=world.inn, kind="closed", first=at.date(), last=at.date(), name="休館", at=at, by=world.admin
    )
    sent("owner", {"special_day": foreign.pk}, "remove-special-day")
    assert SpecialDay.objects.filter(pk=foreign.pk).exists()


def test_a_last_day_before_the_first_is_told(world, sent):
    given = {"kind": "closed", "first": "2027-01-03", "last": "2026-12-29", "name": "年末年始"}
    response = sent("admin", given, "add-special-day")
    assert "last" in response.context["special_form"].errors
    assert response.context["special_form"]["name"].value() == "年末年始"


def test_the_preview_names_holidays_and_closed_days(world, client, clock):
    business_hours.set_hours(
        customer=world.shop,
        weekly=[hours.Weekly(day, 540, 1080) for day in range(7)],
        holidays="closed",
        at=business_time.now(),
        by=world.admin,
    )
    new_year = dt.datetime(business_time.now().year + 1, 1, 1, tzinfo=dt.UTC)
    clock.forward(seconds=(new_year - business_time.now()).total_seconds())
    client.force_login(world.viewer)
    page = client.get(reverse("business-hours", args=[world.shop.pk])).content.decode()
    assert "元日" in page and "営業時間を保存" not in page
