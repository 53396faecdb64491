"""System checks: a wrong setting is named, with what to do, before anything starts."""

import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.http.request import split_domain_port, validate_host
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from opsportal.aws.regions import known_regions

_HOST = re.compile(r"[\w.:-]+")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# Understood by Django, not by PostgreSQL.
_DJANGOS_OWN = {"pool", "isolation_level", "assume_role", "server_side_binding", "prepare_threshold"}


@register()
def settings_are_right(app_configs, **kwargs) -> list[Error]:
    """Every value that could not be understood, one error each."""
    errors = [Error(text, id="opsportal.E001") for text in settings.SETTING_ERRORS]
    if settings.REDIS_URL and not _is_redis(settings.REDIS_URL):
        errors.append(Error("REDIS_URL is not a Redis URL: give redis://HOST:PORT/0", id="opsportal.E002"))
    for name in ("AWS_ENDPOINT_URL", "SANDBOX_URL", "PORTAL_URL", "TEMPLATE_BUCKET_URL"):
        value = getattr(settings, name)
        url = _url(value)
        if value and not (url and url.scheme in ("http", "https")):
            errors.append(
                Error(f"{name}={value!r} is not an http(s) address: give http://HOST:PORT", id="opsportal.E003")
            )
    if not _REGION.fullmatch(settings.AWS_REGION):
        words = f"AWS_REGION={settings.AWS_REGION!r} is not an AWS region: give one like ap-northeast-1"
        errors.append(Error(words, id="opsportal.E005"))
    return errors


def _url(value: str) -> SplitResult | None:
    """The parts of an address that has a host and, where it has a port, a possible one."""
    try:
        url = urlsplit(value)
        possible = url.port is None or url.port > 0
    except ValueError:
        return None
    return url if possible and _HOST.fullmatch(url.hostname or "") else None


def _is_redis(value: str) -> bool:
    url = _url(value)
    return bool(url and url.scheme in ("redis", "rediss") and re.fullmatch(r"/?|/\d+", url.path))


@register()
def database_options_are_right(app_configs, **kwargs) -> list[Error]:
    """What stands behind the question mark of DATABASE_URL; libpq would complain only when it connects."""
    options = settings.DATABASES["default"].get("OPTIONS", {})
    errors = []
    if options.get("sslmode", "prefer") not in _SSL_MODES:
        words = f"DATABASE_URL has sslmode={options['sslmode']!r}: give one of {', '.join(_SSL_MODES)}"
        errors.append(Error(words, id="opsportal.E006"))
    try:
        make_conninfo(**{name: value for name, value in options.items() if name not in _DJANGOS_OWN})
    except ProgrammingError as error:
        words = f"DATABASE_URL has an option that PostgreSQL does not know ({error}): correct it or leave it out"
        errors.append(Error(words, id="opsportal.E007"))
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


@register(Tags.security)
def no_network_is_opened(app_configs, **kwargs) -> list[Error]:
    """Only the simulated sites lie in a network; otherwise an address that somebody gives could reach what is ours."""
    if not settings.OUTWARD_NETWORKS or settings.SANDBOX_URL:
        return []
    words = "OUTWARD_NETWORKS is set without a sandbox: leave it empty, or anybody may let the portal look inside"
    return [Error(words, id="opsportal.E019")]


@register(Tags.security, deploy=True)
def no_toys_in_production(app_configs, **kwargs) -> list[Error | Warning]:
    """What belongs to a demo must not reach a real installation."""
    found: list[Error | Warning] = []
    for name in ("SANDBOX_URL", "AWS_ENDPOINT_URL", "BUSINESS_CLOCK_FILE", "OUTBOX", "DEMO_KEY", "OUTWARD_NETWORKS"):
        if getattr(settings, name):
            found.append(Error(f"{name} is set: leave it empty in production", id="opsportal.E010"))
    if not settings.PORTAL_URL.startswith("https://"):
        found.append(Error("PORTAL_URL must begin with https:// in production", id="opsportal.E011"))
    if settings.AWS_LONG_LIVED_KEY:
        found.append(
            Warning("AWS_SECRET_ACCESS_KEY is a long-lived key: use the machine's role instead", id="opsportal.W012")
        )
    return found


@register(Tags.security, deploy=True)
def served_hosts_are_ours(app_configs, **kwargs) -> list[Error]:
    """The host that people use is served, and no other that anybody may invent."""
    if "*" in settings.ALLOWED_HOSTS:
        words = "ALLOWED_HOSTS=* serves every host name that anybody invents: give the host of PORTAL_URL"
        return [Error(words, id="opsportal.E013")]
    url = _url(settings.PORTAL_URL)
    host = split_domain_port(url.netloc.rpartition("@")[2])[0] if url else ""
    if host and not validate_host(host, settings.ALLOWED_HOSTS):
        words = f"ALLOWED_HOSTS lacks {host}, the host of PORTAL_URL: add it, or correct PORTAL_URL"
        return [Error(words, id="opsportal.E014")]
    return []


@register(deploy=True)
def region_is_known(app_configs, **kwargs) -> list[Warning]:
    """A region of the right form may still not exist."""
    if not _REGION.fullmatch(settings.AWS_REGION) or settings.AWS_REGION in known_regions():
        return []
    words = f"AWS_REGION={settings.AWS_REGION!r} is no region that the installed botocore knows: correct it"
    return [Warning(words, id="opsportal.W015")]


@register(deploy=True)
def assets_are_collected(app_configs, **kwargs) -> list[Error]:
    """Without the manifest every page would fail."""
    if not settings.COLLECTED_STATIC or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    words = (
        f"COLLECTED_STATIC=1, but nothing is collected in {settings.STATIC_ROOT}: "
        "run manage.py collectstatic --no-input with COLLECTED_STATIC=1, or leave COLLECTED_STATIC out"
    )
    return [Error(words, id="opsportal.E016")]


@register(deploy=True)
def mail_can_leave(app_configs, **kwargs) -> list[Error]:
    """Invitations, codes and calls for help go by mail."""
    errors = []
    if not settings.SMTP_HOST:
        words = "SMTP_HOST is missing: give the mail server, with SMTP_USER and SMTP_PASSWORD where it asks for them"
        errors.append(Error(words, id="opsportal.E017"))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        words = "MAIL_FROM is missing: give the address that mails come from, such as ops@example.jp"
        errors.append(Error(words, id="opsportal.E018"))
    return errors


@register()
def the_staff_directory_is_whole(app_configs, **kwargs) -> list[Error]:
    """A directory that could be asked but never answered, or over the open wire, is no way in."""
    if not settings.OIDC_ISSUER:
        return []
    errors = []
    url = urlsplit(settings.OIDC_ISSUER)
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        errors.append(Error(f"OIDC_ISSUER={settings.OIDC_ISSUER!r} must begin with https://", id="opsportal.E013"))
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not getattr(settings, name):
            errors.append(Error(f"{name} is missing: OIDC_ISSUER is given", id="opsportal.E014"))
    return errors
