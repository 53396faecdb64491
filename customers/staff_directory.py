"""The provider's own directory of people (OpenID Connect, code flow with PKCE): who it says is there."""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException

import jwt
from django.conf import settings

from customers.models import User

_SECONDS, _MOST_BYTES = 5, 500_000
# Never the symmetric ones, and never none: the directory signs with a key that it publishes.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
# How the directory says (RFC 8176) that it asked for more than a password.
_STRONG = {"mfa", "otp", "hwk", "swk", "fido", "face", "fpt", "sc"}


class DirectoryError(Exception):
    """The directory does not answer, or its answer does not hold; `word` is unreachable, refused or unknown-person."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(f"{word}: {detail}")
        self.word = word


@dataclass(frozen=True)
class Found:
    """The colleague, and whether the directory proved a second factor."""

    user: User
    strong: bool


def is_on() -> bool:
    """Whether this installation has a directory."""
    return bool(settings.OIDC_ISSUER)


def ask(back: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what its return is checked by. Raises DirectoryError."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid email",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = _endpoints(settings.OIDC_ISSUER)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urllib.parse.urlencode(asked)}", kept


def find(*, code: str, state: str, kept: dict[str, str], back: str) -> Found:
    """Who came back. Raises DirectoryError; nobody is made here, only colleagues with a log-in are let in."""
    if not code or not kept or not secrets.compare_digest(state.encode(), kept["state"].encode()):
        raise DirectoryError("refused", "this browser asked for nothing of the kind")
    claims = _verified(_exchange(code, kept["verifier"], back), kept["nonce"])
    email = str(claims.get("email", ""))
    if not email or claims.get("email_verified") is not True:
        raise DirectoryError("unknown-person", "no verified mail address")
    user = User.objects.named(email)
    if user is None or not user.is_active or not user.is_staff:
        raise DirectoryError("unknown-person", "no colleague with this address")
    methods = claims.get("amr")
    return Found(user, isinstance(methods, list) and bool(_STRONG & set(map(str, methods))))


def _exchange(code: str, verifier: str, back: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": settings.OIDC_CLIENT_ID,
        "client_secret": settings.OIDC_CLIENT_SECRET,
        "code_verifier": verifier,
    }
    answer = _fetch(_endpoints(settings.OIDC_ISSUER)["token_endpoint"], urllib.parse.urlencode(form).encode())
    if not isinstance(answer.get("id_token"), str):
        raise DirectoryError("refused", "no ID token")
    return answer["id_token"]


def _verified(token: str, nonce: str) -> dict:
    """What the directory signed, for us, just now, in answer to this very question."""
    try:
        key = _key(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=_ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=_endpoints(settings.OIDC_ISSUER)["issuer"],
            leeway=60,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise DirectoryError("refused", str(error)) from error
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise DirectoryError("refused", "the nonce is another's")
    return claims


def _key(token: str) -> jwt.PyJWK:
    """The published key that the token names; read anew each time, since a log-in is rare and keys change."""
    wanted = jwt.get_unverified_header(token).get("kid")
    keys = jwt.PyJWKSet.from_dict(_fetch(_endpoints(settings.OIDC_ISSUER)["jwks_uri"])).keys
    for key in keys:
        if key.key_id == wanted:
            return key
    raise DirectoryError("refused", "the token names no published key")


@lru_cache(maxsize=1)
def _endpoints(issuer: str) -> dict[str, str]:
    """Where the directory answers, by its own description, which must be of the issuer that was asked."""
    described = _fetch(f"{issuer}/.well-known/openid-configuration")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if any(not isinstance(described.get(name), str) for name in names) or described["issuer"].rstrip("/") != issuer:
        raise DirectoryError("unreachable", "the description is not of this issuer")
    return {name: described[name] for name in names}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The directory answers where it says it does; whoever sends us elsewhere is not followed with our secret."""

    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _fetch(url: str, form: bytes | None = None) -> dict:
    request = urllib.request.Request(url, data=form, headers={"Accept": "application/json"})
    try:
        with _opener.open(request, timeout=_SECONDS) as answer:
            read = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        word = "refused" if form and error.code < 500 else "unreachable"
        raise DirectoryError(word, f"{error.code}") from error
    except (OSError, ValueError, HTTPException) as error:
        raise DirectoryError("unreachable", str(error)) from error
    if not isinstance(read, dict):
        raise DirectoryError("unreachable", "not an object")
    return read
