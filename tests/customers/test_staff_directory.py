"""Staff log in through their own directory, played by a small server of the test's own."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from customers import second_factors, staff_directory
from customers.models import LogbookEntry, Session


class Directory:
    """A directory with one key and one person, whose answers a test can bend."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict = {}
        self.signing_key = self.key
        self.asked: dict = {}
        directory = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(directory.description() if "well-known" in self.path else directory.keys())

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                directory.asked = {name: values[0] for name, values in parse_qs(form).items()}
                self._say({"id_token": directory.token()})

            def _say(self, body: dict) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def description(self) -> dict:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in places.items()}

    def keys(self) -> dict:
        published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**published, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def token(self) -> str:
        return jwt.encode(self.claims, self.signing_key, algorithm="RS256", headers={"kid": "k1"})


@pytest.fixture
def directory(settings, world):
    """The directory, named in the settings."""
    staff_directory._endpoints.cache_clear()
    made = Directory()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = made.issuer, "portal", "s3cret"
    yield made
    made.server.shutdown()
    staff_directory._endpoints.cache_clear()


def there(client: Client, directory: Directory, **changes) -> dict:
    """The browser is sent to the directory, where its person logs in; what it was asked."""
    leaving = client.get(reverse("directory"), {"next": reverse("help")})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leaving.url).query).items()}
    now = int(time.time())
    directory.claims = {
        "iss": directory.issuer, "aud": "portal", "sub": "42", "iat": now, "exp": now + 60, "nonce": asked["nonce"],
        "email": "operator@msp.example", "email_verified": True, "amr": ["pwd", "mfa"],
    } | changes  # fmt: skip
    return asked


def back(client: Client, state: str):
    return client.get(reverse("directory-back"), {"code": "c0de", "state": state})


def test_staff_are_in_through_a_directory_that_asked_for_a_second_factor(directory, world, client):
    assert reverse("directory") in client.get(reverse("login")).text
    asked = there(client, directory)
    assert asked["code_challenge_method"] == "S256" and asked["scope"] == "openid email"
    assert back(client, asked["state"]).url == reverse("help")
    assert directory.asked["client_secret"] == "s3cret" and directory.asked["code_verifier"]
    assert client.get(reverse("customers")).status_code == 200
    assert Session.objects.get(user=world.operator).factor == "directory"
    assert LogbookEntry.objects.filter(verb="logged-in", facts__factor="directory").exists()


def test_a_directory_that_asked_for_a_password_alone_leaves_the_second_step_to_the_portal(directory, world, client):
    assert back(client, there(client, directory, amr=["pwd"])["state"]).url == reverse("second-step")
    second_factors.forget_all(world.operator)
    back(client, there(client, directory, amr="mfa")["state"])
    assert client.get(reverse("home")).url == reverse("second-factor")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another"},
        {"exp": 1},
        {"nonce": "another"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "nobody@msp.example"},
        {"email": "owner@shop.example"},
        {"email": None},
    ],
)
def test_an_answer_that_does_not_hold_lets_nobody_in(directory, world, client, changes):
    answer = back(client, there(client, directory, **changes)["state"])
    assert answer.status_code == 200 and "strip-act" in answer.text
    assert client.get(reverse("home")).url.startswith(reverse("login"))
    assert LogbookEntry.objects.filter(verb="directory-failed").exists()


def test_a_token_of_another_key_or_without_signature_lets_nobody_in(directory, world, client):
    state = there(client, directory)["state"]
    directory.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert "strip-act" in back(client, state).text
    state = there(client, directory)["state"]
    directory.token = lambda: jwt.encode(directory.claims, None, algorithm="none", headers={"kid": "k1"})
    assert "strip-act" in back(client, state).text


def test_a_return_that_this_browser_did_not_ask_for_is_refused_and_none_works_twice(directory, world, client):
    state = there(client, directory)["state"]
    assert "strip-act" in back(Client(), state).text
    assert "strip-act" in back(client, "another").text
    assert "strip-act" in back(client, state).text


def test_a_closed_log_in_stays_closed(directory, world, client):
    type(world.operator).objects.filter(pk=world.operator.pk).update(is_active=False)
    assert "strip-act" in back(client, there(client, directory)["state"]).text


def test_a_directory_that_does_not_answer_says_so(directory, world, client, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert "応答がありません" in client.get(reverse("directory")).text


def test_without_settings_there_is_no_directory(world, client):
    assert client.get(reverse("directory")).status_code == 404
    assert reverse("directory") not in client.get(reverse("login")).text


def test_a_return_that_nobody_asked_for_is_answered_on_the_page(directory, world, client):
    assert back(client, "-").status_code == 200
    assert back(client, "").status_code == 200


def test_made_up_returns_are_stopped_and_do_not_fill_the_logbook(directory, world, client):
    assert [back(client, "x").status_code for _ in range(40)] == [200] * 30 + [429] * 10
    assert LogbookEntry.objects.filter(verb="directory-failed").count() == 30
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert back(other, there(other, directory)["state"]).url == reverse("help")
