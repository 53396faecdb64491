"""Staff who act at the request of a customer's person: the logbook names both, whatever was done."""

import re
import time
from collections.abc import Callable

import pytest
from django.urls import get_resolver, resolve, reverse

from customers import business_hours, contacts, invitations, people, verification
from customers.acting import LASTS_SECONDS
from customers.models import Agreement, Contact, ContactChannel, Invitation, LogbookEntry, Member, Message, SpecialDay
from customers.sealed import secrets_of
from opsportal import business_time
from tests.customers.agreeing import drafted, proposed

WEEK = {"holidays": "closed", "opens_0_0": "9:00", "closes_0_0": "18:00"}
DAY = {"kind": "closed", "first": "2027-01-01", "last": "2027-01-03", "name": "年始"}
PERSON = {"name": "新井 蓮", "email": "arai@shop.example", "role": "viewer"}


def _contact(world, name: str = "大塚 修", **options) -> Contact:
    return contacts.add(customer=world.shop, name=name, at=business_time.now(), by=None, **options)


def _channel(world, kind: str = "mail", address: str = "a@shop.example") -> ContactChannel:
    contact = Contact.objects.filter(customer=world.shop).first() or _contact(world)
    return contacts.add_channel(
        contact=contact, kind=kind, address=address, hours="always", at=business_time.now(), by=None
    )


def _second_contact(world) -> tuple[int, dict]:
    _contact(world, "店長")
    return _contact(world).pk, {"ladder": "night", "way": "up"}


def _second_channel(world) -> tuple[int, dict]:
    _channel(world)
    return _channel(world, address="b@shop.example").pk, {"way": "up"}


def _sent_code(world) -> tuple[int, dict]:
    channel = _channel(world)
    verification.send_code(channel=channel, at=business_time.now(), by=None)
    return channel.pk, {"code": secrets_of(Message.objects.get(contact_channel=channel))["code"]}


def _special_day(world) -> tuple[int, dict]:
    business_hours.add_special_day(customer=world.shop, **DAY, at=business_time.now(), by=None)
    return world.shop.pk, {"special_day": SpecialDay.objects.get().pk}


def _invitation(world) -> dict:
    invitations.invite(**PERSON, customer=world.shop, at=business_time.now(), by=None)
    return {"invitation": Invitation.objects.get().pk}


def _viewer(world) -> dict:
    return {"person": Member.objects.get(user=world.viewer).pk}


def _preview(world) -> dict:
    drafted(world, world.admin, retention_days=14)
    return {}


def _declining(world) -> dict:
    digest = proposed(world, world.owner, retention_days=14).digest
    return {"digest": digest, "decline": "yes", "reason": "電話で取り下げの連絡"}


# Address by name, what is written there, and how it comes about: the id in the address and what is sent.
CASES: list[tuple[str, str, Callable]] = [
    ("contact-add", "contact-added", lambda world: (world.shop.pk, {"name": "大塚 修", "language": "ja"})),
    ("contact", "contact-changed", lambda world: (_contact(world).pk, {"name": "大塚 修二", "language": "ja"})),
    ("contact-remove", "contact-removed", lambda world: (_contact(world).pk, {})),
    ("contact-move", "ladder-changed", _second_contact),
    (
        "contact-channel-add",
        "contact-channel-added",
        lambda world: (
            _contact(world).pk,
            {"channel-kind": "mail", "channel-address": "a@shop.example", "channel-hours": "always"},
        ),
    ),
    ("contact-code-send", "contact-code-sent", lambda world: (_channel(world).pk, {})),
    ("contact-code-check", "contact-verified", _sent_code),
    ("contact-hours", "contact-channel-hours", lambda world: (_channel(world).pk, {"hours": "night"})),
    ("contact-channel-move", "contact-channel-moved", _second_channel),
    ("contact-channel-remove", "contact-channel-removed", lambda world: (_channel(world).pk, {})),
    ("business-hours", "hours-set", lambda world: (world.shop.pk, WEEK)),
    ("add-special-day", "special-day-added", lambda world: (world.shop.pk, DAY)),
    ("remove-special-day", "special-day-removed", _special_day),
    ("people", "invited", lambda world: (world.shop.pk, PERSON)),
    ("change-person", "role-changed", lambda world: (world.shop.pk, _viewer(world) | {"role": "approver"})),
    ("change-person", "member-removed", lambda world: (world.shop.pk, _viewer(world) | {"remove": "1"})),
    ("change-invitation", "invitation-sent-again", lambda world: (world.shop.pk, _invitation(world))),
    (
        "change-invitation",
        "invitation-withdrawn",
        lambda world: (world.shop.pk, _invitation(world) | {"withdraw": "1"}),
    ),
    (
        "edit-customer",
        "customer-changed",
        lambda world: (world.shop.pk, {"name": "試験書房", "kana": "シケンショボウ", "time_zone": "Asia/Tokyo"}),
    ),
    ("close-customer", "customer-closed", lambda world: (world.shop.pk, {"name": world.shop.name})),
    ("scope", "scope-chosen", lambda world: (world.shop_production.pk, {"scope": "whole"})),
    ("onboarding-environment", "onboarding-begun", lambda world: (world.shop.pk, {})),
    ("agreement-preview", "agreement-proposed", lambda world: (world.shop_production.pk, _preview(world))),
    ("agreement-answer", "agreement-declined", lambda world: (world.shop_production.pk, _declining(world))),
]
each = pytest.mark.parametrize(("name", "verb", "case"), CASES, ids=[verb for _, verb, _ in CASES])


@pytest.fixture
def admin(world, client):
    """The admin's browser, which proved its second factor a moment ago."""
    client.force_login(world.admin)
    session = client.session
    session.update({"factor": "app", "proven_at": int(time.time())})
    session.save()
    return client


def _filled(client, name: str, case: Callable, world) -> tuple[str, dict]:
    key, data = case(world)
    address = reverse(name, args=[key])
    if name == "agreement-preview":
        data = data | {"digest": client.get(address).context["digest"]}
    return address, data


@each
def test_both_stand_in_the_logbook(world, admin, name, verb, case):
    address, data = _filled(admin, name, case, world)
    assert admin.post(address, {**data, "on_behalf_of": world.owner.pk}).status_code == 302
    entry = LogbookEntry.objects.filter(verb=verb).latest("id")
    assert (entry.actor, entry.on_behalf_of) == (world.admin, world.owner)


@each
def test_a_person_of_another_customer_is_refused_like_nobody_and_nothing_is_done(world, admin, name, verb, case):
    address, data = _filled(admin, name, case, world)
    before = LogbookEntry.objects.count()
    answers = [
        admin.post(address, {**data, "on_behalf_of": wrong})
        for wrong in (world.stranger.pk, 999_999, world.operator.pk, "x")
    ]
    assert {answer.status_code for answer in answers} == {409}
    assert len({re.sub(r'nonce="[^"]*"|value="[^"]{30,}"|data-now="\d+"|content="\d+"', "", answer.text)
                .replace(answer.headers["X-Request-ID"], "") for answer in answers}) == 1  # fmt: skip
    assert "変更していません" in answers[0].text
    assert LogbookEntry.objects.count() == before


def test_each_view_that_takes_the_field_is_tried_here():
    ours = [pattern for pattern in _patterns() if pattern.callback.__module__.startswith("customers.")]
    names = {pattern.name for pattern in ours if getattr(pattern.callback, "says_for_whom", False)}
    assert names == {name for name, _, _ in CASES} | {"act-for"}


def _patterns():
    waiting = list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if hasattr(one, "url_patterns"):
            waiting += one.url_patterns
        else:
            yield one


def test_the_customers_own_people_act_for_themselves(world, client):
    client.force_login(world.owner)
    client.post(
        reverse("contact-add", args=[world.shop.pk]),
        {"name": "大塚 修", "language": "ja", "on_behalf_of": world.approver.pk},
    )
    entry = LogbookEntry.objects.get(verb="contact-added")
    assert (entry.actor, entry.on_behalf_of) == (world.owner, None)
    assert 'id="acting"' not in client.get(reverse("contacts", args=[world.shop.pk])).text


def test_the_provider_confirms_on_nobodys_behalf(world, admin):
    digest = proposed(world, world.owner, retention_days=14).digest
    address = reverse("agreement-answer", args=[world.shop_production.pk])
    admin.post(address, {"digest": digest, "agree": "yes", "on_behalf_of": world.owner.pk})
    assert Agreement.objects.get(digest=digest).state == Agreement.State.SIGNED
    entry = LogbookEntry.objects.get(verb="agreement-confirmed")
    assert (entry.actor, entry.on_behalf_of) == (world.admin, None)


def act_for(client, customer, person):
    return client.post(
        reverse("act-for", args=[customer.pk]), {"on_behalf_of": person.pk if person else "", "next": "/"}
    )


def test_a_choice_stands_on_all_pages_of_the_customer_until_it_is_stopped(world, admin):
    assert act_for(admin, world.shop, world.owner).url == "/"
    shown = "<strong>青木 由美</strong> さんの依頼で操作中"
    logbook = f"{reverse('logbook')}?customer={world.shop.pk}"
    ours = [reverse("contacts", args=[world.shop.pk]), reverse("environment", args=[world.shop_production.pk]), logbook]
    for address in ours:
        assert shown in admin.get(address).text, address
    for address in (reverse("people", args=[world.inn.pk]), reverse("customers"), reverse("logbook")):
        assert shown not in admin.get(address).text, address
    act_for(admin, world.shop, None)
    assert all(shown not in admin.get(address).text for address in ours)


def test_a_choice_stands_on_a_message_to_the_customer_and_on_no_other(world, admin):
    for customer in (world.shop, world.inn):
        invitations.invite(**PERSON, customer=customer, at=business_time.now(), by=None)
    act_for(admin, world.shop, world.owner)
    ours, theirs = (Message.objects.get(kind="invitation", customer=one).pk for one in (world.shop, world.inn))
    assert "<strong>青木 由美</strong> さんの依頼で操作中" in admin.get(reverse("message", args=[ours])).text
    assert "さんの依頼で操作中" not in admin.get(reverse("message", args=[theirs])).text


def test_a_choice_ends_after_an_hour(world, admin, monkeypatch):
    act_for(admin, world.shop, world.owner)
    page = reverse("contacts", args=[world.shop.pk])
    then = time.time() + LASTS_SECONDS + 1
    assert "さんの依頼で操作中" in admin.get(page).text
    monkeypatch.setattr("customers.acting.time.time", lambda: then)
    assert "さんの依頼で操作中" not in admin.get(page).text


def test_a_tab_from_before_another_choice_names_whom_it_showed(world, admin):
    act_for(admin, world.shop, world.owner)
    old = _said_by(admin.get(reverse("contact-add", args=[world.shop.pk])).text)
    act_for(admin, world.shop, world.approver)
    admin.post(reverse("contact-add", args=[world.shop.pk]), {"name": "大塚 修", "language": "ja", **old})
    assert LogbookEntry.objects.get(verb="contact-added").on_behalf_of == world.owner


def test_what_is_refused_comes_back_for_whom_it_was_sent(world, admin):
    act_for(admin, world.shop, world.approver)
    page = admin.post(reverse("contact-add", args=[world.shop.pk]), {"name": "", "on_behalf_of": world.owner.pk})
    assert _said_by(page.text) == {"on_behalf_of": str(world.owner.pk)}
    assert "<strong>青木 由美</strong>" in page.text


def test_whoever_left_the_customer_is_no_longer_acted_for(world, admin):
    act_for(admin, world.shop, world.viewer)
    known = {"at": business_time.now(), "by": world.admin, "address": "192.0.2.1"}
    people.remove(customer=world.shop, member_id=Member.objects.get(user=world.viewer).pk, **known)
    assert _said_by(admin.get(reverse("contact-add", args=[world.shop.pk])).text) == {"on_behalf_of": ""}


def test_nobody_is_chosen_for_another_customer_and_no_page_elsewhere_is_opened(world, admin):
    assert act_for(admin, world.shop, world.stranger).status_code == 409
    choice = {"on_behalf_of": world.owner.pk, "next": "https://elsewhere.example/"}
    assert admin.post(reverse("act-for", args=[world.shop.pk]), choice).url == reverse("home")


def test_every_form_of_a_page_says_for_whom(world, admin):
    _second_channel(world)
    verification.send_code(channel=ContactChannel.objects.first(), at=business_time.now(), by=None)
    _contact(world, "店長")
    _special_day(world)
    _invitation(world)
    drafted(world, world.admin, retention_days=14)
    act_for(admin, world.shop, world.owner)
    channel = ContactChannel.objects.first()
    keys = {
        "customer_id": world.shop.pk,
        "environment_id": world.shop_production.pk,
        "contact_id": channel.contact_id,
        "contact_channel_id": channel.pk,
    }
    seen = set()
    for pattern in _patterns():
        wanted = set(pattern.pattern.converters)
        if wanted and wanted <= set(keys):
            address = reverse(pattern.name, kwargs={name: keys[name] for name in wanted})
            seen |= _forms(admin.get(address), address)
    assert seen >= {name for name, _, _ in CASES} - {"agreement-answer"}


def _forms(page, address: str) -> set[str]:
    """The names of the addresses to which a page's forms write; each must say for whom."""
    found = set()
    for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", getattr(page, "text", ""), re.DOTALL):
        if 'method="post"' not in attributes:
            continue
        action = re.search(r' action="([^"#?]*)', attributes)
        match = resolve(action[1] if action else address)
        if getattr(match.func, "says_for_whom", False) and match.url_name != "act-for":
            assert "data-for-whom" in inside, f"{address}: {attributes}"
            found.add(match.url_name)
    return found


def _said_by(text: str) -> dict[str, str]:
    return {"on_behalf_of": re.search(r'name="on_behalf_of" value="(\d*)" autocomplete="off" data-for-whom', text)[1]}


def test_the_list_its_filter_and_its_csv_name_both(world, admin):
    admin.post(reverse("business-hours", args=[world.shop.pk]), {**WEEK, "on_behalf_of": world.owner.pk})
    listed = admin.get(reverse("logbook"), {"who": "青木", "what": "hours-set"}).text
    assert "高橋 葵" in listed and "依頼者: 青木 由美 さん" in listed
    assert "該当する記録はありません" in admin.get(reverse("logbook"), {"who": "大塚", "what": "hours-set"}).text
    row = admin.post(f"{reverse('logbook-export')}?what=hours-set").content.decode("utf-8-sig").splitlines()[1]
    assert ",高橋 葵,青木 由美," in row
