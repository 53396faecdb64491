"""Mail, through Django's MAILERS."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from customers.channels.errors import ChannelError
from customers.models import Message

CALENDAR_NAME = "calendar.ics"


def send(message: Message, subject: str, body: str) -> str:
    """Hand one mail to the mail server, under a Message-ID that stays the same when it is sent again.

    Raises ChannelError: what the server may take later is not permanent, what it will never take is.
    """
    receipt = f"<{message.reference.hex}@{urlsplit(settings.PORTAL_URL).hostname}>"
    headers = {"Message-ID": receipt, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    try:
        mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [message.address], headers=headers)
        if message.calendar:
            mail.attach(CALENDAR_NAME, message.calendar, "text/calendar; method=PUBLISH")
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _refused(code, text, "address-refused", address=True) from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused) as error:
        # Ours to mend: the mail itself is good and goes out once the settings are.
        raise ChannelError("not-set-up", str(error)) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, "mail-refused") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelError("unreachable", f"{type(error).__name__}: {error}") from error
    except ValueError as error:
        raise ChannelError("unreadable", str(error), permanent=True) from error
    return receipt


def _refused(code: int, text: bytes | str, word: str, *, address: bool = False) -> ChannelError:
    """A server's answer: 4xx means later, 5xx means never."""
    detail = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    if code < 500:
        return ChannelError("busy", detail)
    return ChannelError(word, detail, permanent=True, address=address)
