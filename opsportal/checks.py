"""System checks: a wrong setting is named, with what to do, before anything starts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register()
def settings_are_right(app_configs, **kwargs) -> list[Error]:
    """Every value that could not be understood, one error each."""
    errors = [Error(text, id="opsportal.E001") for text in settings.SETTING_ERRORS]
    url = urlsplit(settings.REDIS_URL)
    if settings.REDIS_URL and (url.scheme not in ("redis", "rediss", "unix") or not (url.hostname or url.path)):
        errors.append(Error("REDIS_URL is not a Redis URL: give redis://HOST:PORT/0", id="opsportal.E002"))
    for name in ("AWS_ENDPOINT_URL", "SANDBOX_URL", "PORTAL_URL"):
        value = getattr(settings, name)
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            errors.append(Error(f"{name}={value!r} is not an http(s) address", id="opsportal.E003"))
    return errors


@register()
def every_queue_has_work(app_configs, **kwargs) -> list[Error]:
    """A kind of work on a queue that no worker serves would wait forever."""
    from opsportal.work import kinds

    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    return [
        Error(
            f"work {work.kind!r} names queue {work.queue!r}, which is not one of {sorted(queues)}", id="opsportal.E004"
        )
        for work in kinds().values()
        if work.queue not in queues
    ]


@register(Tags.security, deploy=True)
def no_toys_in_production(app_configs, **kwargs) -> list[Error | Warning]:
    """What belongs to a demo must not reach a real installation."""
    found: list[Error | Warning] = []
    for name in ("SANDBOX_URL", "AWS_ENDPOINT_URL", "BUSINESS_CLOCK_FILE"):
        if getattr(settings, name):
            found.append(Error(f"{name} is set: leave it empty in production", id="opsportal.E010"))
    if not settings.PORTAL_URL.startswith("https://"):
        found.append(Error("PORTAL_URL must begin with https:// in production", id="opsportal.E011"))
    if settings.AWS_LONG_LIVED_KEY:
        found.append(
            Warning("AWS_SECRET_ACCESS_KEY is a long-lived key: use the machine's role instead", id="opsportal.W012")
        )
    return found
