"""Talks to a running sandbox over HTTP: its control, and AWS as the customer's own hand. Light: no moto, no boto3."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any
from xml.etree import ElementTree

ACCOUNT_HEADER = "x-moto-account-id"


class SandboxError(Exception):
    """What was asked was refused, or nobody answers; the text says what to do."""


class AwsRefusedError(SandboxError):
    """The simulated AWS refused a call made by the customer's hand."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SandboxClient:
    """One sandbox by its address; texts come in `language`."""

    def __init__(self, url: str, language: str = "en") -> None:
        self._url = url.rstrip("/")
        self._language = language

    def get(self, path: str) -> Any:
        """The answer of a control that only tells something."""
        return self._control("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer of a control that does something."""
        return self._control("POST", path, body)

    def by_hand(self, account: str, action: str, **parameters: str) -> None:
        """One IAM call of the customer in its own account, as its administrator. Raises AwsRefusedError."""
        form = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        headers = {
            "Authorization": "AWS4-HMAC-SHA256 Credential=customer/20260101/us-east-1/iam/aws4_request",
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            ACCOUNT_HEADER: account,
        }
        try:
            self._send("POST", "/", form.encode(), headers)
        except urllib.error.HTTPError as refused:
            raise _aws_refusal(refused) from refused

    def _control(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json", "Accept-Language": self._language}
        data = None if body is None else json.dumps(body).encode()
        try:
            return json.loads(self._send(method, f"/sandbox/{path}", data, headers))
        except urllib.error.HTTPError as refused:
            raise SandboxError(json.load(refused)["error"]) from refused

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(self._url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=15) as reply:
                return reply.read()
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            if self._language == "ja":
                words = f"サンドボックスが {self._url} で応答しません。`make demo` でポータルを起動してください"
            else:
                words = f"no sandbox answers at {self._url}: start the portal with `make demo`"
            raise SandboxError(words) from error


def _aws_refusal(refused: urllib.error.HTTPError) -> AwsRefusedError:
    tree = ElementTree.fromstring(refused.read())
    found = {element.tag.rsplit("}", 1)[-1]: element.text or "" for element in tree.iter()}
    return AwsRefusedError(found.get("Code", str(refused.code)), found.get("Message", ""))
