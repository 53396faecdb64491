"""Addresses of people as they are kept: mail addresses, phone numbers in E.164, webhook addresses of chats."""

import ipaddress
import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from customers.models import ContactChannel
from opsportal import outward

_JAPAN = "+81"
# What people write between the digits, NFKC applied: spaces, hyphens and dashes of every kind, dots, parentheses.
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ーｰ~.・()]+")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_MAIL = EmailValidator()
# Eleven digits for mobile and internet phones, 020 and 050 to 090; ten for all others.
_IN_JAPAN = re.compile(r"\+81(?:[25-9]0\d{8}|(?![25-9]0)[1-9]\d{8})")
_SMS_IN_JAPAN = re.compile(r"\+81[6789]0\d{8}")
# Numbers that a call from outside does not reach, or that ring an authority.
_NEVER_CALLED = re.compile(r"\+81(?:570|990)\d*|\+811\d{1,3}")


def kept(kind: str, written: str) -> str:
    """An address of this kind as it is kept, from what a person wrote. Raises ValidationError."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text or len(text) > 500 or any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValidationError(_("Write one address, without line breaks."))
    return {
        ContactChannel.Kind.MAIL: mail,
        ContactChannel.Kind.SMS: mobile,
        ContactChannel.Kind.VOICE: phone,
        ContactChannel.Kind.CHAT: webhook,
    }[kind](text)


def mail(text: str) -> str:
    """A mail address; what stands behind the @ in small letters."""
    try:
        _MAIL(text)
        # Letters that nobody sees, such as those that turn the direction of writing, show another address than is used.
        if any(unicodedata.category(letter) == "Cf" for letter in text):
            raise ValidationError("")
    except ValidationError:
        raise ValidationError(_("This is not a mail address. Write one such as name@example.jp.")) from None
    if len(text) > 254:
        raise ValidationError(_("This mail address is too long."))
    name, _at, host = text.rpartition("@")
    return f"{name}@{host.lower()}"


def phone(text: str) -> str:
    """A phone number in E.164; without a country it is Japan's: `090-1234-5678` is +819012345678."""
    digits = _BETWEEN.sub("", text.removeprefix("tel:"))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("0"):
        digits = _JAPAN + digits[1:]
    # +81 (0)90…: the zero is only dialled inside the country.
    digits = re.sub(r"^\+810", _JAPAN, digits)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", digits, re.ASCII):
        raise ValidationError(_("This is not a phone number. Write one such as 090-1234-5678 or +81 90 1234 5678."))
    if _NEVER_CALLED.fullmatch(digits):
        raise ValidationError(_("The portal cannot call this number. Write a landline or a mobile phone."))
    if digits.startswith(_JAPAN) and not _IN_JAPAN.fullmatch(digits):
        raise ValidationError(_("A phone number in Japan has 10 digits, that of a mobile phone 11. Check the digits."))
    return digits


def mobile(text: str) -> str:
    """The number of a mobile phone in E.164; in Japan it begins with 060, 070, 080 or 090."""
    digits = phone(text)
    if digits.startswith(_JAPAN) and not _SMS_IN_JAPAN.fullmatch(digits):
        raise ValidationError(_("An SMS reaches only mobile phones: a number that begins with 060, 070, 080 or 090."))
    return digits


def webhook(text: str) -> str:
    """The https address that a chat gives for incoming messages; hosts inside of a network are refused."""
    wrong = ValidationError(_("This is not a webhook address. Copy it from the chat; it begins with https://."))
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise wrong from None
    if url.scheme != "https" or not url.hostname or any(letter.isspace() for letter in text):
        raise wrong
    if url.username or url.password or port not in (None, 443) or url.fragment:
        raise ValidationError(_("A webhook address has no user name, no port and no # part. Copy it from the chat."))
    if _is_number(url.hostname) or not _HOST.fullmatch(url.hostname) or url.hostname.endswith(outward.INSIDE):
        raise ValidationError(_("The portal posts only to chats on the internet, by their name."))
    if url.path in ("", "/"):
        raise wrong
    return text


def site_at(field: str, url: str) -> str:
    """The address of a site that may be visited. Raises ValidationError at the field."""
    try:
        return site(url)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None


def site(url: str) -> str:
    """The address of a site that may be visited, as far as it tells by itself. Raises ValidationError."""
    try:
        if url:
            outward.refuse(url)
    except outward.Barred as barred:
        raise ValidationError(
            {
                "inside": _("This address leads into a network. Write the one at which everybody reaches the site."),
                "port": _("The portal visits sites on the ports 80 and 443 only. Write the address without a port."),
                "credentials": _("Leave out the user name and the password: everybody who reads this would see them."),
                "address": _("This is not the address of a site. Write one such as https://www.example.jp/."),
            }[barred.word]
        ) from None
    return url


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True


def shown(kind: str, address: str) -> str:
    """An address as a page shows it: a phone number as it is dialled, a webhook without its secret end.

    What was shown once is shown the same again: that is all of a webhook that its rows hold in clear.
    """
    if kind == ContactChannel.Kind.CHAT and "…" not in address:
        return f"{urlsplit(address).hostname} …{address[-4:]}"
    if kind in (ContactChannel.Kind.SMS, ContactChannel.Kind.VOICE) and address.startswith(_JAPAN):
        return _dialled(f"0{address.removeprefix(_JAPAN)}")
    return address


def _dialled(digits: str) -> str:
    if len(digits) == 11:
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    if digits.startswith(("03", "06")):
        return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}"
    return digits


def masked(kind: str, address: str) -> str:
    """Enough of an address to tell it apart, too little to use it: for what is kept for ever."""
    if kind == ContactChannel.Kind.MAIL:
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}…@{host}"
    return f"…{address[-4:]}"
