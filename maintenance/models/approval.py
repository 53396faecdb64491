"""The question whether a change may be done, and who said what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Approver
from maintenance.models.change import Change
from maintenance.models.kept_names import kept_names
from opsportal.work import Leased


class Approval(Leased):
    """A question that was put before people: bound to what they were shown, open until answered or too late.

    `due_at` is when it lapses.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        YES = "yes", pgettext_lazy("answer", "Yes")
        NO = "no", pgettext_lazy("answer", "No")
        LAPSED = "lapsed", _("No answer")
        VOID = "void", _("Void")

    change = models.ForeignKey(Change, models.CASCADE, related_name="approvals")
    digest = models.CharField(max_length=64)
    role = models.CharField(max_length=10, choices=Approver)
    second_factor = models.BooleanField(default=False)
    persons = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change"], condition=models.Q(state__in=["open", "yes"]), name="approval_is_one_per_change"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "yes", "no", "lapsed", "void"]), name="approval_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="approval_waiting")]

    def __str__(self) -> str:
        return f"approval of {self.change_id} {self.state}"


class ApprovalLink(models.Model):
    """The way by which one person was asked; only a digest of its secret is kept."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "user"], name="approval_link_is_one_per_person"),
        ]

    def __str__(self) -> str:
        return f"link of {self.user_id} to {self.approval_id}"


class Answer(models.Model):
    """What one person said to a question, once."""

    class Word(models.TextChoices):
        YES = "yes", pgettext_lazy("answer", "Yes")
        NO = "no", pgettext_lazy("answer", "No")
        LATER = "later", pgettext_lazy("answer", "Later")

    class Way(models.TextChoices):
        PORTAL = "portal", _("In the portal")
        LINK = "link", _("By the link")
        SPOKEN = "spoken", _("By word of mouth")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    word = models.CharField(max_length=5, choices=Word)
    way = models.CharField(max_length=6, choices=Way)
    at = models.DateTimeField()
    proven = models.BooleanField(default=False, help_text="with a second factor a moment before")
    heard_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    people = kept_names("user", "heard_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "user"], name="answer_is_one_per_person"),
            models.CheckConstraint(condition=models.Q(word__in=["yes", "no", "later"]), name="answer_word_is_known"),
            models.CheckConstraint(
                condition=models.Q(way__in=["portal", "link", "spoken"]), name="answer_way_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.word}"
