"""What a name that people give may hold."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Control characters, and those that nobody sees: of no width, or turning the direction of what follows.
plain_name = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f<>\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]",
    _("A name holds neither < nor > nor control characters. Leave them out."),
    inverse_match=True,
)
