"""What a name that people give may hold."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

plain_name = RegexValidator(
    r"[\x00-\x1f\x7f<>]",
    _("A name holds neither < nor > nor control characters. Leave them out."),
    inverse_match=True,
)
