"""AWS as fast as a reader can ask: answers recorded once from the sandbox, then replayed for a thousand accounts.

The sandbox computes every answer, so that it and not the portal would be measured. Here the first request of a kind
goes through to it; afterwards the same bytes are given, with the account number of whoever asks.
"""

import asyncio
import http.client
import re
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

_CREDENTIAL = re.compile(rb"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d(?:%3A|:)\d\d[^&\"]*|(?<=Time\":)\s*[\d.]+")


class Replay:
    """What was recorded, and from which sandbox account."""

    def __init__(self, upstream: str, account: str, latency: float) -> None:
        self.upstream, self.account, self.latency = urlsplit(upstream).netloc, account, latency
        self.known: dict[tuple, bytes] = {}
        self.asked = 0

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The whole HTTP answer to one request."""
        line, _, headers = head.partition(b"\r\n")
        method, target, _ = line.split(b" ", 2)
        if target == b"/asked":
            return _http(200, "text/plain", str(self.asked).encode())
        self.asked += 1
        key, _, service = _CREDENTIAL.search(headers).groups()
        if service == b"sts":
            return _http(200, "text/xml", _sts(parse_qs(body.decode()), key.decode()))
        # ARNs that were answered come back as parameters, under the number of whoever asks.
        body = body.replace(key[4:16], self.account.encode())
        action = re.search(rb"(?i)x-amz-target: ([^\r]+)", headers)
        wanted = (service, method, target.split(b"?")[0], action and action[1], _TIMES.sub(b"", body))
        if wanted not in self.known:
            self.known[wanted] = self._ask(method, target, headers, body)
        return self.known[wanted].replace(self.account.encode(), key[4:16])

    def _ask(self, method: bytes, target: bytes, headers: bytes, body: bytes) -> bytes:
        sent = dict(line.decode("latin1").split(": ", 1) for line in headers.split(b"\r\n") if b": " in line)
        kept = {name: value for name, value in sent.items() if name.lower() not in ("connection", "content-length")}
        kept["Authorization"] = re.sub(r"Credential=[^/]+", "Credential=customer", kept["Authorization"])
        kept.pop("X-Amz-Security-Token", None)
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        connection.request(method.decode(), target.decode(), body, {**kept, "x-moto-account-id": self.account})
        answer = connection.getresponse()
        return _http(answer.status, answer.headers.get_content_type(), answer.read())


def _sts(asked: dict[str, list[str]], key: str) -> bytes:
    if asked["Action"] == ["GetCallerIdentity"]:
        return (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            f"<Account>{key[4:16]}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()
    account = asked["RoleArn"][0].split(":")[4]
    ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>bench</SecretAccessKey>"
        f"<SessionToken>bench</SessionToken><Expiration>{ends}</Expiration></Credentials></AssumeRoleResult>"
        "</AssumeRoleResponse>"
    ).encode()


def _http(status: int, kind: str, body: bytes) -> bytes:
    return (
        b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind.encode(), len(body)) + body
    )


class _Connection(asyncio.Protocol):
    def __init__(self, replay: Replay) -> None:
        self.replay, self.buffer = replay, b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            size = int(length[1]) if length else 0
            if len(self.buffer) < end + 4 + size:
                return
            body = self.buffer[end + 4 : end + 4 + size]
            self.buffer = self.buffer[end + 4 + size :]
            answer = self.replay.answer(head, body)
            asyncio.get_running_loop().call_later(self.replay.latency, self.transport.write, answer)


async def serve(port: int, replay: Replay) -> None:
    """Answer on loopback until the process ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(replay), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Replay(sys.argv[2], sys.argv[3], float(sys.argv[4]) / 1000)))
