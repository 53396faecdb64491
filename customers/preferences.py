"""How a person wants the portal to look and speak."""

from django.conf import settings

from customers.models import User

THEMES = ("", "light", "dark")


def choose_language(user: User, language: str) -> bool:
    """Speak this language to the user from now on; False when the portal does not speak it."""
    if language not in dict(settings.LANGUAGES):
        return False
    return User.objects.filter(pk=user.pk).update(language=language) == 1


def choose_theme(user: User, theme: str) -> bool:
    """Show the user light or dark; empty follows the device. False when there is no such theme."""
    if theme not in THEMES:
        return False
    return User.objects.filter(pk=user.pk).update(theme=theme) == 1
