"""Names and mail addresses of people, as they are typed."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from customers.models.user import folded

NAME_LENGTH = 80


def person_name(text: str) -> str:
    """The name with single blanks. Raises ValidationError, keyed by its field."""
    name = " ".join(text.split())
    if not name:
        raise ValidationError({"name": _("Give a name, so that others know who it is.")})
    if len(name) > NAME_LENGTH:
        words = _("This name has %(length)s characters; at most %(most)s are possible.")
        raise ValidationError({"name": words % {"length": len(name), "most": NAME_LENGTH}})
    if any(
        character in "<>" or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in name
    ):
        raise ValidationError({"name": _("A name has no < or > and no control characters.")})
    return name


def mail_address(text: str) -> str:
    """The mail address in small letters. Raises ValidationError, keyed by its field."""
    address = folded(text)
    try:
        if len(address) > 254 or not address.partition("@")[0].isascii():
            raise ValidationError("")
        validate_email(address)
    except ValidationError:
        words = _("This is not a mail address. Write it like name@example.jp.")
        raise ValidationError({"email": words}) from None
    return address
