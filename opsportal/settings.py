"""Every setting of the portal, read once from the environment; wrong values are named by `opsportal.checks`."""

import base64
import binascii
import ipaddress
import logging
import os
import re
from pathlib import Path

import dj_database_url
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

BASE_DIR = Path(__file__).resolve().parent.parent

# Wrong values do not stop the import: the system check can then list all of them at once, each by name.
SETTING_ERRORS: list[str] = []


def env_text(name: str, default: str = "") -> str:
    """The setting as text, outer blanks removed."""
    return os.environ.get(name, default).strip()


def env_bool(name: str, default: bool) -> bool:
    """The setting as yes or no: 1/0, true/false, yes/no, on/off."""
    value = env_text(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        SETTING_ERRORS.append(f"{name}={value!r} is neither yes nor no: give 1 or 0")
    return default


def env_int(name: str, default: int, least: int, most: int) -> int:
    """The setting as a whole number between `least` and `most`."""
    value = env_text(name)
    if not value:
        return default
    if value.isdecimal() and least <= int(value) <= most:
        return int(value)
    SETTING_ERRORS.append(f"{name}={value!r} is not a whole number from {least} to {most}")
    return default


def env_secret(name: str, default: str = "") -> str:
    """The secret itself, or the content of the file that NAME_FILE points to."""
    path = env_text(f"{name}_FILE")
    if not path:
        return env_text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        SETTING_ERRORS.append(f"{name}_FILE={path!r} cannot be read: {error}")
        return default


def env_ring(name: str) -> dict[str, bytes]:
    """Keys by their names, from `NAME:KEY,NAME:KEY`; a wrong one is named without showing the key."""
    ring: dict[str, bytes] = {}
    for place, entry in enumerate(filter(None, (part.strip() for part in env_secret(name).split(","))), start=1):
        label, _colon, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not label.isalnum() or len(key) != 32 or label in ring:
            SETTING_ERRORS.append(f"{name}: entry {place} is not NAME:KEY with 32 bytes in base64, each name once")
            continue
        ring[label] = key
    if not ring:
        SETTING_ERRORS.append(f"{name} is missing: give NAME:KEY, the key 32 random bytes in base64, or {name}_FILE")
    return ring


def env_principal(name: str) -> str:
    """The ARN of a principal of the portal's own; PORTAL_PRINCIPAL stands for both."""
    value = env_text(name) or env_text("PORTAL_PRINCIPAL")
    if value and not re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+", value):
        SETTING_ERRORS.append(f"{name}={value!r} is not the ARN of an IAM role or user")
        return ""
    return value


def env_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks, as in `127.0.0.0/8,::1/128`."""
    found = []
    for value in filter(None, (part.strip() for part in env_text(name).split(","))):
        try:
            found.append(ipaddress.ip_network(value))
        except ValueError:
            SETTING_ERRORS.append(f"{name}: {value!r} is not a network: give one such as 127.0.0.0/8")
    return found


def env_ports(name: str) -> list[int]:
    """Ports, as in `8080,8443`."""
    found = []
    for value in filter(None, (part.strip() for part in env_text(name).split(","))):
        if value.isdecimal() and 1 <= int(value) <= 65_535:
            found.append(int(value))
        else:
            SETTING_ERRORS.append(f"{name}: {value!r} is not a port: give one such as 8443")
    return found


def env_database(name: str) -> dict:
    """The database named by a URL, with Django's own connection pool unless DATABASE_POOL is 0."""
    url, wanted = env_secret(name), "postgres://USER:PASSWORD@HOST:PORT/NAME"
    parsed: dict = {}
    try:
        parsed = dj_database_url.parse(url) if url else {}
    except (ValueError, KeyError):
        # The parser's own words tell of the databases of other products.
        SETTING_ERRORS.append(
            f"{name} is not a database URL: give {wanted}, special characters of the password written as %XX"
        )
    if not url:
        SETTING_ERRORS.append(f"{name} is missing: give {wanted}, or use `make demo`")
    elif parsed and (parsed["ENGINE"] != "django.db.backends.postgresql" or not parsed["HOST"] or not parsed["NAME"]):
        SETTING_ERRORS.append(f"{name} must be a postgres:// URL with host and name: give {wanted}")
        parsed = {}
    if not parsed:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "unset"}
    # A connection that died with its server is replaced before a request meets it.
    parsed["CONN_HEALTH_CHECKS"] = True
    options = parsed.setdefault("OPTIONS", {})
    options["application_name"] = "opsportal"
    # A server that swallows packets is given up soon.
    options.setdefault("connect_timeout", 5)
    if most := env_int("DATABASE_POOL", 24, 0, 200):
        options["pool"] = {"min_size": 1, "max_size": most, "timeout": 10}
    return parsed


DEBUG = env_bool("DEBUG", False)
TLS = env_bool("TLS", not DEBUG)
SECRET_KEY = env_secret("SECRET_KEY")
if not SECRET_KEY:
    SETTING_ERRORS.append("SECRET_KEY is missing: give 50 random characters, or SECRET_KEY_FILE")
    SECRET_KEY = "unset"
# Encrypts what must be read again, such as the seeds of authenticator apps; the first key seals, all of them open.
SECRET_RING = env_ring("SECRET_RING")
PORTAL_URL = env_text("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [host.strip() for host in env_text("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [PORTAL_URL] if PORTAL_URL.startswith("https://") else []

DATABASES = {"default": env_database("DATABASE_URL")}
REDIS_URL = env_secret("REDIS_URL")
if not REDIS_URL:
    SETTING_ERRORS.append("REDIS_URL is missing: give redis://HOST:PORT/0, or use `make demo`")

# Empty means real AWS; the sandbox is one more address, never a mode.
AWS_ENDPOINT_URL = env_text("AWS_ENDPOINT_URL")
AWS_REGION = env_text("AWS_REGION", "ap-northeast-1")
AWS_CALLS_PER_ACCOUNT = env_int("AWS_CALLS_PER_ACCOUNT", 4, 1, 64)
# How old each reading of an environment may grow before it is made again, in seconds.
FRESHNESS_SECONDS = {
    "status": env_int("FRESH_STATUS_SECONDS", 45, 5, 86_400),
    "alarms": env_int("FRESH_ALARMS_SECONDS", 60, 5, 86_400),
    "site": env_int("FRESH_SITE_SECONDS", 60, 5, 86_400),
    "inventory": env_int("FRESH_INVENTORY_SECONDS", 300, 5, 86_400),
    "backups": env_int("FRESH_BACKUPS_SECONDS", 900, 5, 86_400),
    "lifecycles": env_int("FRESH_LIFECYCLES_SECONDS", 86_400, 60, 604_800),
}
# How many days an observation is kept. Events of databases are told by AWS for 14 days and must be known that long.
# A change under way is looked at so often, and must be good for so long before it counts as done.
CHANGE_LOOK_SECONDS = env_int("CHANGE_LOOK_SECONDS", 5, 1, 300)
CHANGE_VERIFY_SECONDS = env_int("CHANGE_VERIFY_SECONDS", 300, 0, 7_200)
OBSERVATIONS_KEPT_DAYS = env_int("OBSERVATIONS_KEPT_DAYS", 730, 31, 36_500)
# Where addresses that people give (sites, chats) may lead besides the internet's ports 80 and 443. The simulated sites
# answer on this machine; outside of a demo no network is allowed.
OUTWARD_PORTS = env_ports("OUTWARD_PORTS")
OUTWARD_NETWORKS = env_networks("OUTWARD_NETWORKS")
# The portal's own principals, which the customers' roles trust: one that reads and one that acts, or one for both.
PORTAL_READ_PRINCIPAL = env_principal("PORTAL_READ_PRINCIPAL")
PORTAL_ACT_PRINCIPAL = env_principal("PORTAL_ACT_PRINCIPAL")
# Where the shared copy of the CloudFormation template lies (an S3 address); without it there is only the download.
TEMPLATE_BUCKET_URL = env_text("TEMPLATE_BUCKET_URL")
AWS_LONG_LIVED_KEY = bool(env_text("AWS_SECRET_ACCESS_KEY"))
SANDBOX_URL = env_text("SANDBOX_URL")
BUSINESS_CLOCK_FILE = env_text("BUSINESS_CLOCK_FILE")
# Made anew by each start of the demo: signs the log-in links that it prints. Without it there are none.
DEMO_KEY = env_text("DEMO_KEY")
# The staff's own directory (OpenID Connect); off while no issuer is named.
OIDC_ISSUER = env_text("OIDC_ISSUER").rstrip("/")
OIDC_CLIENT_ID = env_text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env_secret("OIDC_CLIENT_SECRET")
# How many proxies stand in front: each adds the address it was called from to X-Forwarded-For.
PROXIES = env_int("PROXIES", 1 if TLS else 0, 0, 5)

# Every message stays readable in the outbox, and channels without a provider end there: for a demo.
OUTBOX = env_bool("OUTBOX", bool(SANDBOX_URL))
DEFAULT_FROM_EMAIL = env_text("MAIL_FROM", "opsportal@localhost")
SMTP_HOST = env_text("SMTP_HOST")
SMTP_SECURITY = env_text("SMTP_SECURITY", "starttls").lower()
if SMTP_SECURITY not in ("starttls", "tls", "none"):
    SETTING_ERRORS.append(f"SMTP_SECURITY={SMTP_SECURITY!r} is not one of starttls, tls, none")
SMTP_USER, SMTP_PASSWORD = env_text("SMTP_USER"), env_secret("SMTP_PASSWORD")
SMTP_PORT = env_int("SMTP_PORT", 465 if SMTP_SECURITY == "tls" else 587, 1, 65_535)
MAIL_CARRIER = "smtp" if SMTP_HOST else "outbox" if OUTBOX else ""
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": SMTP_HOST,
            "port": SMTP_PORT,
            "username": SMTP_USER,
            "password": SMTP_PASSWORD,
            "use_tls": SMTP_SECURITY == "starttls",
            "use_ssl": SMTP_SECURITY == "tls",
            "timeout": 10,
        },
    }
    if SMTP_HOST
    else {"BACKEND": "customers.channels.keeping.KeepingBackend"}
}
LOG_LEVEL = env_text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    SETTING_ERRORS.append(f"LOG_LEVEL={LOG_LEVEL!r} is not one of DEBUG, INFO, WARNING, ERROR")
    LOG_LEVEL = "INFO"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "opsportal",
    "opsportal.web",
    "opsportal.overview",
    "customers",
    "maintenance",
    "incidents",
]
if SANDBOX_URL:
    INSTALLED_APPS.append("opsportal.sandbox")

AUTHENTICATION_BACKENDS = ["customers.backends.PortalBackend"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opsportal.web.middleware.RequestIdMiddleware",
    "opsportal.web.middleware.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "customers.middleware.WallMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "opsportal.web.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# Answered without a transaction and without knowing anybody: they must speak when the database does not.
PATHS_OUTSIDE_WALLS = ("/healthz", "/readyz")

ROOT_URLCONF = "opsportal.urls"
WSGI_APPLICATION = "opsportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opsportal.web.context.page",
            ],
        },
    }
]

FORM_RENDERER = "opsportal.web.forms.WholeText"

AUTH_USER_MODEL = "customers.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# How long a session may rest and how long it lasts at most, in seconds, stands on its row: customers/sessions.py.
SESSION_ENGINE = "customers.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if TLS else "sessionid"
PASSWORD_RESET_TIMEOUT = 30 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The image collects, compresses and names assets by content once; a checkout serves them as they lie.
COLLECTED_STATIC = env_bool("COLLECTED_STATIC", False)
STATIC_ROOT = BASE_DIR / "staticfiles" if COLLECTED_STATIC else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC

# Celery is only the doorbell: what waits is a row in PostgreSQL, so results, retries and schedules stay off.
CELERY_BROKER_URL = REDIS_URL
# Each queue with an exchange of its own: sharing one would ring every worker for every kind of work.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("read", "act", "speak")]
CELERY_TASK_DEFAULT_QUEUE = "read"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "health_check_interval": 10,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secrets": {"()": "opsportal.logs.NoSecrets"}},
    "formatters": {"json": {"()": "opsportal.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["no_secrets"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # botocore writes whole requests, tokens included, at DEBUG.
        "botocore": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
