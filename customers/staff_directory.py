"""The provider's own directory of people (OpenID Connect): who it says is there."""

from django.conf import settings


def is_on() -> bool:
    """Whether this installation has one."""
    return bool(settings.OIDC_ISSUER)
