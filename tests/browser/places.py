"""Every page that there is, for those who may open it."""

from django.urls import reverse

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
        reverse("agreement-version", args=[world.shop_production.pk, 1]),
        reverse("agreements-waiting"),
        reverse("plans"),
        reverse("account"),
        reverse("confirm"),
        reverse("search"),
        f"{reverse('search')}?q=web",
        reverse("help"),
    ]


def customer_pages(world) -> list[str]:
    """Everything that a customer's people can open."""
    hours = reverse("business-hours", args=[world.shop.pk])
    return [
        reverse("home"),
        reverse("account"),
        reverse("confirm"),
        hours,
        *below(world.shop_production.pk),
        reverse("help"),
    ]


def admin_pages(world) -> list[str]:
    """What admins alone can open; a draft and an owner's proposal have to be there."""
    return [
        *(reverse(name, args=[world.shop_production.pk]) for name in AGREEING),
        reverse("add-plan"),
        reverse("plan", args=[world.shop_production.agreements.first().plan_id]),
        reverse("edit-customer", args=[world.shop.pk]),
        reverse("close-customer", args=[world.shop.pk]),
        reverse("business-hours", args=[world.shop.pk]),
    ]
