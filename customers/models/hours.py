"""When a customer is open: weekly hours, Japanese holidays, days that are different."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer

MINUTES_A_DAY = 1440


class BusinessHours(models.Model):
    """One span of a customer's week, in local minutes after midnight; `closes` may lie in the night after."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="business_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="hours_weekday_is_known"),
            models.CheckConstraint(
                condition=models.Q(opens__lt=MINUTES_A_DAY, closes__gt=models.F("opens"))
                & models.Q(closes__lte=models.F("opens") + MINUTES_A_DAY),
                name="hours_are_at_most_a_day_long",
            ),
            models.UniqueConstraint(fields=["customer", "weekday", "opens"], name="hours_open_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.weekday} {self.opens}-{self.closes}"


class SpecialDay(models.Model):
    """Dates on which a customer is closed, or on which no planned work may disturb it."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed day")
        BLACKOUT = "blackout", _("No planned work")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="special_days")
    kind = models.CharField(max_length=8, choices=Kind)
    first = models.DateField()
    last = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["closed", "blackout"]), name="special_day_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="special_day_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=["customer", "kind", "first", "name"], name="special_day_is_there_once"),
        ]
        indexes = [models.Index(fields=["customer", "last"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.first}"
