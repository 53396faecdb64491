"""A visit to a web site as a browser would make it, that never takes longer than it may."""

import logging
import time
from dataclasses import dataclass

import httpcore

from opsportal import outward

SECONDS = 10.0
REDIRECTS_AT_MOST = 5
# A page may say its encoding only inside itself; these are what Japanese sites are written in.
ENCODINGS = ("utf-8", "cp932", "euc_jp")

_HEADERS = [("User-Agent", "opsportal-probe"), ("Accept", "text/html,*/*"), ("Accept-Encoding", "identity")]


@dataclass(frozen=True)
class Met:
    """What a visitor met.

    `reason` is "", "no-answer", "timeout", "redirects", "status", "text", one of NEVER_ASKED: why nobody was asked, or
    PORTAL: the portal itself failed, which says nothing of the site.
    """

    up: bool
    status: int | None
    milliseconds: int | None
    reason: str


# An address that cannot be used, holds credentials, names another port, or leads into a network.
NEVER_ASKED = ("address", "credentials", "port", "inside")
PORTAL = "portal"

_log = logging.getLogger(__name__)


def visit(url: str, text: str, *, seconds: float = SECONDS) -> Met:
    """Ask for a page; up means an answer below 400 that holds the expected text. Never raises."""
    began = time.monotonic()
    try:
        status, body = outward.fetch("GET", url, ends=began + seconds, headers=_HEADERS, redirects=REDIRECTS_AT_MOST)
    except outward.Barred as barred:
        return Met(False, None, None, barred.word)
    except httpcore.TimeoutException:
        return Met(False, None, None, "timeout")
    except outward.TooManyRedirects:
        return Met(False, None, None, "redirects")
    except (httpcore.UnsupportedProtocol, UnicodeError, ValueError):
        return Met(False, None, None, "address")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Met(False, None, None, "no-answer")
    except Exception:
        # A visit that dies would be tried again for ever, and nobody would hear that the site goes unwatched.
        _log.exception("a visit failed for a reason of the portal")
        return Met(False, None, None, PORTAL)
    milliseconds = round(1000 * (time.monotonic() - began))
    if status >= 400:
        return Met(False, status, milliseconds, "status")
    if text and not any(text.encode(encoding, errors="ignore") in body for encoding in ENCODINGS):
        return Met(False, status, milliseconds, "text")
    return Met(True, status, milliseconds, "")
