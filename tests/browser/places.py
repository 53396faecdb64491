"""Every page that there is, for those who may open it."""

from django.urls import reverse

BELOW = ("environment", "charts", "observations", "readings", "notices", "backups", "alarms")


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
        *below(world.shop_production.pk),
        reverse("search"),
        f"{reverse('search')}?q=web",
        reverse("help"),
    ]


def customer_pages(world) -> list[str]:
    """Everything that a customer's people can open."""
    return [reverse("home"), *below(world.shop_production.pk), reverse("help")]
