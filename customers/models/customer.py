"""Who pays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.finding import found_by
from customers.models.names import plain_name


class Customer(models.Model):
    """A company whose sites the provider looks after."""

    class Holidays(models.TextChoices):
        """What the customer does on a Japanese public holiday."""

        CLOSED = "closed", _("Closed on public holidays")
        SUNDAY = "sunday", _("As on Sunday")
        ORDINARY = "ordinary", _("As on any day")

    name = models.CharField(
        max_length=120,
        unique=True,
        validators=[plain_name],
        error_messages={"unique": _("A customer of this name is there already.")},
    )
    kana = models.CharField(max_length=120, blank=True)
    slug = models.SlugField(
        max_length=40, unique=True, error_messages={"unique": _("Another customer has this short name already.")}
    )
    time_zone = models.CharField(max_length=40, default="Asia/Tokyo")
    holidays = models.CharField(max_length=8, choices=Holidays, default=Holidays.CLOSED)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    found_by = found_by("name", "kana", "slug")

    class Meta:
        indexes = [models.Index(fields=["kana", "id"])]

    def __str__(self) -> str:
        return self.name
