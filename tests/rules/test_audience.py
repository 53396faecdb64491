"""Every URL as every kind of person, with one's own ids and with another customer's."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from customers import contacts, messages, onboarding
from customers.models import ContactChannel, Message, Onboarding, Server
from maintenance import changes
from maintenance.actions import ACTIONS
from maintenance.models import Change
from opsportal import business_time
from tests.world import read_everything

AUDIENCES = {"anyone", "unproven", "everyone", "staff", "admin", "customer", "agreeing", "accountable"}
CANARY = "カナリア別テナント"
# Who is let in by each mark.
ADMITTED = {
    "anyone": {"nobody", "operator", "admin", "owner", "approver", "developer", "viewer", "stranger", "homeless"},
    "unproven": {"operator", "admin", "owner", "approver", "developer", "viewer", "stranger"},
    "everyone": {"operator", "admin", "owner", "approver", "developer", "viewer", "stranger"},
    "staff": {"operator", "admin"},
    "admin": {"admin"},
    "agreeing": {"admin", "owner", "stranger"},
    "customer": {"owner", "approver", "developer", "viewer", "stranger"},
    "accountable": {"operator", "admin", "owner", "stranger"},
}
OURS = ("owner", "approver", "developer", "viewer")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
# Not there unless settings switch them on.
OFF = {"directory", "directory-back"}
# URL parameters that name something of one customer.
_OURS_ONLY = {
    "environment_id", "customer_id", "message_id", "onboarding_id", "contact_id", "contact_channel_id", "change_id"
}  # fmt: skip


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern


ROUTES = list(_patterns(get_resolver()))


def _parameters(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters)


def _ids(world, whose: str) -> dict[str, object]:
    """A value for every URL parameter by its name; a new parameter has to be added here."""
    environment = getattr(world, f"{whose}_production")
    return {
        "environment_id": environment.pk,
        "customer_id": environment.customer_id,
        "number": 1,
        "plan_id": world.shop_production.agreements.first().plan_id,
        "part": "board",
        "token": "missing",
        "uid": "MQ",
        "message_id": _message_of(environment.customer).pk,
        "onboarding_id": _onboarding_of(environment.customer).pk,
        "contact_id": _channel_of(environment.customer).contact_id,
        "contact_channel_id": _channel_of(environment.customer).pk,
        "change_id": _change_of(environment).pk,
        "action": "stop-start",
    }


def _message_of(customer) -> Message:
    facts = {"name": customer.name, "customer": customer.name, "code": "123456", "minutes": 10}
    return Message.objects.filter(customer=customer).first() or messages.say(
        "contact-code", at=business_time.now(), language="ja", facts=facts, address="a@example.jp", customer=customer
    )


def _onboarding_of(customer) -> Onboarding:
    begun = Onboarding.objects.filter(customer=customer).first()
    return begun or onboarding.begin(customer=customer, at=business_time.now(), by=None)


def _change_of(environment) -> Change:
    """A change that waits for an answer; its environment lets the portal act."""
    found = Change.objects.filter(environment=environment).first()
    if found is None:
        at = business_time.now()
        if not environment.act_role_arn:
            environment.act_role_arn = environment.read_role_arn
            environment.save(update_fields=["act_role_arn"])
        action, target = ACTIONS["stop-start"], Server(aws_id="i-0abc", name=environment.customer.name, state="running")
        target.root_device = "ebs"
        found = changes.propose(
            environment=environment, action=action, target=target, parameters={},
            starts_at=at + dt.timedelta(days=1), at=at, by=None,
        )  # fmt: skip
    return found


def _channel_of(customer) -> ContactChannel:
    found = ContactChannel.objects.filter(customer=customer).first()
    if found is None:
        at = business_time.now()
        contact = contacts.add(customer=customer, name=customer.name, at=at, by=None)
        found = contacts.add_channel(
            contact=contact, kind="mail", address=f"{customer.slug}@example.jp", hours="always", at=at, by=None
        )
    return found


def _address(pattern: URLPattern, ids: dict[str, object]) -> str:
    return reverse(pattern.name, kwargs={name: ids[name] for name in _parameters(pattern)})


@pytest.fixture
def marked(read):
    """The other customer's names bear a word that no page of ours may show."""
    inn = read.inn
    inn.name = f"{CANARY} 旅館"
    inn.save()
    read.inn_production.standing.customer_name = inn.name
    read.inn_production.standing.save()
    Server.objects.filter(environment=read.inn_production).update(name=f"{CANARY}-web")
    _message_of(inn)
    _onboarding_of(inn)
    _channel_of(inn)
    _change_of(read.inn_production)
    return read


@contextmanager
def _undone() -> Iterator[None]:
    """What a route did is undone, so that each is walked in the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_view_bears_one_known_mark():
    assert [route.name for route in ROUTES if getattr(route.callback, "audience", None) not in AUDIENCES] == []


def test_every_route_has_a_name_and_known_parameters(world):
    known = set(_ids(world, "shop"))
    assert [route for route in ROUTES if not route.name or not set(_parameters(route)) <= known] == []


def test_nobody_is_sent_to_log_in(world, client):
    ids = _ids(world, "shop")
    for route in ROUTES:
        for method in ("get", "post"):
            with _undone():
                response = getattr(client, method)(_address(route, ids))
                if route.callback.audience == "anyone":
                    # A link that nobody sent may look like nothing at all.
                    hidden = "token" in _parameters(route) or route.name in OFF
                    assert response.status_code != 404 or hidden, route.name
                else:
                    assert response.status_code == 302, route.name
                    assert response.url.startswith(reverse("login")), route.name


def _plain(response) -> tuple[int, dict[str, str], str]:
    """A response without what differs from one to the next: its id, its nonces and tokens, its cookies, the time."""
    body = response.content.decode(errors="replace")
    for noise in (r"[0-9a-f]{12}", r'nonce="[^"]*"', r'(name="csrfmiddlewaretoken" value=|data-now=)"[^"]*"'):
        body = re.sub(noise, "…", body)
    told = {name: value for name, value in response.headers.items() if name not in ("X-Request-ID", "Expires")}
    told.pop("Content-Security-Policy", None)
    return response.status_code, told, body.replace(response.request["PATH_INFO"], "…")


def _rows_of(environment) -> dict[str, list]:
    """Every row that belongs to a customer or to its environment."""
    kept = {}
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        for name, value in (("environment", environment), ("customer", environment.customer)):
            if name in names:
                kept[f"{model.__name__} by {name}"] = list(model._base_manager.filter(**{name: value}).values())
    return kept


@pytest.mark.parametrize("who", OURS)
def test_a_foreign_id_answers_exactly_like_a_missing_one_shows_nothing_and_changes_nothing(who, marked, client, caplog):
    client.force_login(getattr(marked, who))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    before = _rows_of(marked.inn_production)
    ours, foreign = _ids(marked, "shop"), _ids(marked, "inn")
    for route in ROUTES:
        theirs = _OURS_ONLY & set(_parameters(route))
        for method in METHODS if theirs else ("get", "post"):
            with _undone():
                ask = getattr(client, method)
                if method in ("get", "post"):
                    assert CANARY not in ask(_address(route, ours)).content.decode(errors="replace"), route.name
                    # Logging out is one of the routes.
                    client.force_login(getattr(marked, who))
                if theirs:
                    seen = ask(_address(route, foreign))
                    absent = ask(_address(route, {**ours, **dict.fromkeys(theirs, 999_999)}))
                    assert seen.status_code in (404, 405), f"{method} {route.name}"
                    assert _plain(seen) == _plain(absent), f"{method} {route.name}"
                    if method == "post":
                        assert _rows_of(marked.inn_production) == before, route.name
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert CANARY not in caplog.text


@pytest.mark.parametrize("who", ("operator", "admin", *OURS))
def test_each_mark_admits_its_own_and_no_others(who, world, client):
    ids = _ids(world, "shop")
    client.force_login(getattr(world, who))
    for route in ROUTES:
        with _undone():
            response = client.get(_address(route, ids))
            if who in ADMITTED[route.callback.audience]:
                assert response.status_code != 404 or route.name in {"charts", "demo-log-in"} | OFF, route.name
            else:
                assert response.status_code == 404, route.name


def test_a_person_without_any_place_sees_nothing_but_the_door(world, client):
    homeless = type(world.owner).objects.create(email="gone@example.com", name="退職者")
    client.force_login(homeless)
    ids = _ids(world, "shop")
    for route in ROUTES:
        if route.callback.audience != "anyone":
            with _undone():
                assert client.get(_address(route, ids)).status_code == 404, route.name


def test_the_first_reading_of_both_customers_is_there(marked):
    read_everything()
    assert Server.objects.filter(environment=marked.inn_production, first_seen_at__lte=business_time.now()).exists()
