"""Every page that there is, for those who may open it."""

import datetime as dt
from urllib.parse import urlsplit

from django.urls import reverse

from customers import contacts, onboarding, verification
from customers.models import ContactChannel, Message, Onboarding, Plan
from customers.sealed import secrets_of
from maintenance.actions import ACTIONS
from maintenance.models import Change
from opsportal import business_time
from tests.maintenance.changing import proposed

BELOW = ("environment", "charts", "observations", "readings", "notices", "backups", "alarms", "agreement")

AGREEING = ("agreement-draft", "agreement-preview", "agreement-answer")


def below(environment: int) -> list[str]:
    """The page of an environment and those below it."""
    return [reverse(name, args=[environment]) for name in BELOW]


def staff_pages(world) -> list[str]:
    """Everything that staff can open."""
    return [
        reverse("home"),
        f"{reverse('home')}?wall=1",
        reverse("customers"),
        f"{reverse('customers')}?q=nothing-fits",
        reverse("customer", args=[world.shop.pk]),
        reverse("business-hours", args=[world.shop.pk]),
        *below(world.shop_production.pk),
        *change_pages(world),
        *proposing_pages(world),
        reverse("freeze-all"),
        reverse("agreement-version", args=[world.shop_production.pk, 1]),
        reverse("agreements-waiting"),
        reverse("logbook"),
        f"{reverse('logbook')}?who=nobody",
        reverse("outbox"),
        reverse("message", args=[said_to(world).pk]),
        reverse("plans"),
        reverse("account"),
        reverse("confirm"),
        reverse("second-factor"),
        reverse("recovery-codes"),
        reverse("change-password"),
        reverse("search"),
        f"{reverse('search')}?q=web",
        reverse("help"),
    ]


def change_pages(world) -> list[str]:
    """What staff and the customer see of changes: one waits for an answer."""
    return [reverse("changes", args=[world.shop_production.pk]), reverse("change", args=[change_of(world).pk])]


def proposing_pages(world) -> list[str]:
    """What staff alone see of changes."""
    environment = world.shop_production.pk
    actions = [reverse("new-change", args=[environment, action]) for action in ACTIONS]
    return [reverse("choose-change", args=[environment]), *actions, reverse("freeze", args=[world.shop.pk])]


def change_of(world) -> Change:
    """A change of the night that the owner was asked about."""
    found = Change.objects.filter(environment=world.shop_production).first()
    if found is None:
        if not world.shop_production.act_role_arn:
            world.shop_production.act_role_arn = world.shop_production.read_role_arn
            world.shop_production.save(update_fields=["act_role_arn"])
        found = proposed(world, starts_at=business_time.now() + dt.timedelta(hours=17))
    return found


def question_of(world) -> str:
    """The page behind the link that the owner was sent."""
    change_of(world)
    message = Message.objects.filter(kind="change-approval", user=world.owner).latest("pk")
    return urlsplit(secrets_of(message)["link"]).path


def customer_pages(world) -> list[str]:
    """Everything that a customer's people can open."""
    hours = reverse("business-hours", args=[world.shop.pk])
    return [
        reverse("home"),
        reverse("account"),
        reverse("confirm"),
        reverse("second-factor"),
        reverse("set-up-app"),
        reverse("change-password"),
        hours,
        *below(world.shop_production.pk),
        *change_pages(world),
        *contact_pages(world),
        reverse("logbook"),
        reverse("help"),
    ]


def contact_pages(world) -> list[str]:
    """Everything about contacts, one of whom has yet to tell a code."""
    channel = channel_of(world)
    return [
        reverse("contacts", args=[world.shop.pk]),
        reverse("contact-add", args=[world.shop.pk]),
        reverse("contact", args=[channel.contact_id]),
        reverse("contact-channel", args=[channel.pk]),
    ]


def channel_of(world) -> ContactChannel:
    """A contact's phone, to which a code was sent; a second contact stands on the same ladders."""
    found = ContactChannel.objects.filter(customer=world.shop).first()
    if found is None:
        at = business_time.now()
        for name, number in (("大塚 修", "090-1234-5678"), ("森田 直樹", "090-8765-4321")):
            contact = contacts.add(customer=world.shop, name=name, at=at, by=None)
            found = contacts.add_channel(contact=contact, kind="sms", address=number, hours="always", at=at, by=None)
        verification.send_code(channel=found, at=at, by=None)
    return found


def said_to(world) -> Message:
    """The message with the code."""
    channel_of(world)
    return Message.objects.filter(customer=world.shop).latest("id")


def onboarding_pages(world) -> list[str]:
    """An environment on its way, as far as no role was tried; the later steps are looked at by whoever takes it on."""
    row = Onboarding.objects.filter(customer=world.shop).first()
    if row is None:
        at = business_time.now()
        row = onboarding.begin(customer=world.shop, at=at, by=world.admin)
        row = onboarding.name_place(
            onboarding=row, name="検証", stage="staging", account_id=world.shop_production.account_id,
            region="ap-northeast-1", plan=Plan.objects.first(), at=at, by=world.admin,
        )  # fmt: skip
        arns = {"read_role_arn": row.read_role_arn, "act_role_arn": row.act_role_arn}
        onboarding.name_roles(onboarding=row, **arns, at=at, by=world.admin)
    steps = ("onboarding-place", "onboarding-roles", "onboarding-test")
    return [
        reverse("onboardings"),
        reverse("onboarding-new"),
        *(reverse(step, args=[row.pk]) for step in steps),
    ]


def admin_pages(world) -> list[str]:
    """What admins alone can open; a draft and an owner's proposal have to be there."""
    return [
        *(reverse(name, args=[world.shop_production.pk]) for name in AGREEING),
        reverse("add-plan"),
        reverse("plan", args=[world.shop_production.agreements.first().plan_id]),
        reverse("scope", args=[world.shop_production.pk]),
        reverse("edit-customer", args=[world.shop.pk]),
        reverse("close-customer", args=[world.shop.pk]),
        reverse("people", args=[world.shop.pk]),
        reverse("staff"),
        reverse("emergencies"),
        *onboarding_pages(world),
        reverse("business-hours", args=[world.shop.pk]),
        *contact_pages(world),
    ]
