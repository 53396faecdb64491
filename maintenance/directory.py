"""Lists of notices, backups and changes of an environment, newest first."""

from django.db.models import QuerySet

from customers.models import Environment, Server
from maintenance.meanings import explained
from maintenance.models import Backup, Change, Notice
from opsportal.web.keyset import Order, Page, page_of

NOTICES = Order(("first_seen_at",), falling=True)
CHANGES = Order(("starts_at",), falling=True)
BACKUPS = Order(("started_at",), falling=True)


def page_of_notices(environment: Environment, status: str, after: str) -> Page:
    """One page of the notices of an environment, of one status or all."""
    rows = Notice.objects.filter(environment=environment)
    page = page_of(rows.filter(status=status) if status in Notice.Status.values else rows, NOTICES, after)
    explained(page.rows)
    return page


def page_of_backups(environment: Environment, aws_id: str, after: str) -> Page:
    """One page of the backups that AWS has now, of one server or database or of all, each with its subject's name."""
    rows = _restorable_or_failed(Backup.objects.filter(environment=environment, gone_at=None))
    page = page_of(rows.filter(subject_aws_id=aws_id) if aws_id else rows, BACKUPS, after)
    ids = {backup.subject_aws_id for backup in page.rows if backup.subject == "server"}
    names = dict(Server.objects.filter(environment=environment, aws_id__in=ids).values_list("aws_id", "name"))
    for backup in page.rows:
        backup.subject_name = names.get(backup.subject_aws_id) or backup.subject_aws_id
    return page


def _restorable_or_failed(rows: QuerySet[Backup]) -> QuerySet[Backup]:
    """Without jobs of AWS Backup that went well: what they made is listed itself, as long as it is there."""
    if rows.exclude(kind=Backup.Kind.BACKUP_JOB).exists():
        return rows.exclude(kind=Backup.Kind.BACKUP_JOB, state=Backup.State.GOOD)
    return rows


def page_of_changes(environment: Environment, after: str) -> Page:
    """One page of the changes of an environment, by their times."""
    return page_of(Change.objects.filter(environment=environment), CHANGES, after)
