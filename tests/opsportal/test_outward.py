"""Addresses that people give lead to the internet alone, whatever a name server or a site makes of them."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from customers.visits import visit
from opsportal import outward

LOOPBACK = "127.0.0.2"


@pytest.fixture(autouse=True)
def one_network(settings) -> None:
    """Only the tests' own site may be reached; everything else of this machine is inside."""
    settings.OUTWARD_NETWORKS = [ipaddress.ip_network(f"{LOOPBACK}/32")]


@pytest.fixture
def names(monkeypatch) -> Callable[..., list[str]]:
    """Plays the name servers: each question for a name gets the next of its answers; gives what was asked."""
    real, asked, answers = socket.getaddrinfo, [], {}

    def getaddrinfo(host, port, *rest, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name not in answers:
            return real(host, port, *rest, **options)
        asked.append(name)
        found = answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    def play(name: str, *each: list[str]) -> list[str]:
        answers[name] = list(each)
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return play


@pytest.fixture
def site() -> Iterator[Callable[..., tuple[int, list[bytes]]]]:
    """Starts a server that gives this answer to everybody; its port and what it was asked."""
    listeners = []

    def start(answer: bytes, host: str = LOOPBACK) -> tuple[int, list[bytes]]:
        listener, asked = socket.create_server((host, 0)), []
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    connection, _peer = listener.accept()
                except OSError:
                    return
                with connection:
                    request = connection.recv(65536)
                    if request.startswith(b"POST") and request.endswith(b"\r\n\r\n"):
                        request += connection.recv(65536)
                    asked.append(request)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1], asked

    yield start
    for each in listeners:
        each.close()


WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "2130706433", "0x7f000001", "127.1",
        "[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[::7f00:1]", "localhost",
    ],
)  # fmt: skip
def test_an_address_inside_of_a_network_is_never_visited_and_refused_as_it_is_written(host):
    with pytest.raises(outward.Barred) as refused:
        outward.refuse(f"http://{host}/")
    assert refused.value.word == "inside"
    assert visit(f"http://{host}/", "").reason == "inside"


@pytest.mark.parametrize("host", ["db.internal", "printer.local", "shop.localhost", "1.0.0.127.in-addr.arpa"])
def test_a_name_of_a_network_is_refused_as_it_is_written(host):
    with pytest.raises(outward.Barred):
        outward.refuse(f"http://{host}/")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public_in_each_form(address):
    assert outward.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "answer",
    [
        ["169.254.169.254"],
        ["10.0.0.7"],
        ["::ffff:127.0.0.1"],
        # One good address does not excuse a bad one.
        [LOOPBACK, "192.168.0.1"],
    ],
)
def test_a_name_that_leads_inside_is_not_connected_to(names, answer):
    names("169-254-169-254.nip.example", answer)
    outward.refuse("http://169-254-169-254.nip.example/")
    assert visit("http://169-254-169-254.nip.example/", "").reason == "inside"


def test_what_was_judged_is_what_is_connected_to_though_the_name_moves_meanwhile(names, site):
    port, asked = site(WELL)
    inside, never = socket.create_server(("127.0.0.1", port)), []
    inside.settimeout(0.2)
    names("rebinding.example", [LOOPBACK], ["127.0.0.1"])
    assert visit(f"http://rebinding.example:{port}/", "ok").up
    with pytest.raises(TimeoutError):
        never.append(inside.accept())
    inside.close()
    assert f"Host: rebinding.example:{port}".encode() in asked[0]


def test_each_redirect_is_judged_anew(names, site):
    secret, asked = site(WELL, "127.0.0.1")
    names("inside.example", ["127.0.0.1"])
    for target in (f"http://127.0.0.1:{secret}/", f"http://inside.example:{secret}/", "http://[::1]/"):
        port, _asked = site(f"HTTP/1.1 302 Found\r\nLOCATION: {target}\r\nContent-Length: 0\r\n\r\n".encode())
        assert visit(f"http://{LOOPBACK}:{port}/", "").reason == "inside"
    port, _asked = site(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")
    assert visit(f"http://{LOOPBACK}:{port}/", "").reason == "address"
    assert asked == []


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://www.example.jp:22/", "port"),
        ("http://8.8.8.8:6379/", "port"),
        ("https://admin:secret@www.example.jp/", "credentials"),
        ("https://@www.example.jp/", "credentials"),
        ("gopher://www.example.jp/", "address"),
        ("http://www.example.jp:99999/", "address"),
        ("http:///", "address"),
    ],
)
def test_only_plain_web_addresses_are_gone_to(names, url, word):
    names("www.example.jp", ["8.8.8.8"])
    with pytest.raises(outward.Barred) as refused:
        outward.refuse(url)
    assert refused.value.word == word
    assert visit(url, "", seconds=1).reason == word


def test_a_port_may_be_opened_by_a_setting(settings):
    settings.OUTWARD_PORTS = [8443]
    outward.refuse("https://www.example.jp:8443/")


def test_the_name_stays_what_the_certificate_must_bear(names):
    asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    listener = socket.create_server((LOOPBACK, 0))

    def serve() -> None:
        connection, _peer = listener.accept()
        with connection:
            try:
                context.wrap_socket(connection, server_side=True)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    names("www.example.jp", [LOOPBACK])
    met = visit(f"https://www.example.jp:{listener.getsockname()[1]}/", "")
    listener.close()
    assert (asked, met.reason) == (["www.example.jp"], "no-answer")


def test_what_is_not_to_be_redirected_is_handed_over_once(site):
    port, asked = site(b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")
    status, _body = outward.fetch(
        "POST", f"http://{LOOPBACK}:{port}/hook", ends=time.monotonic() + 5, content=b'{"text": "hello"}'
    )
    assert status == 307
    assert asked[0].endswith(b'{"text": "hello"}')


@pytest.mark.parametrize(
    ("path", "asked_for"),
    [
        ("お知らせ/", b"/%E3%81%8A%E7%9F%A5%E3%82%89%E3%81%9B/"),
        ("?q=あ b", b"/?q=%E3%81%82%20b"),
        ("a%20b/?q=%E3%81%82&p=1", b"/a%20b/?q=%E3%81%82&p=1"),
    ],
)
def test_an_address_in_japanese_is_asked_for_as_a_browser_asks(names, site, path, asked_for):
    port, asked = site(WELL)
    questions = names("www.xn--wgv71a119e.jp", [LOOPBACK])
    assert visit(f"http://www.日本語.jp:{port}/{path}", "ok").up
    assert questions == ["www.xn--wgv71a119e.jp"]
    assert asked[0].startswith(b"GET " + asked_for + b" HTTP/1.1\r\nHost: www.xn--wgv71a119e.jp:")


def test_a_redirect_in_japanese_is_followed(names, site):
    names("www.xn--wgv71a119e.jp", [LOOPBACK])
    target, asked = site(WELL)
    head = f"HTTP/1.1 302 Found\r\nLocation: http://www.日本語.jp:{target}/お知らせ\r\nContent-Length: 0\r\n\r\n"
    port, _asked = site(head.encode())
    assert visit(f"http://{LOOPBACK}:{port}/", "ok").up
    assert asked[0].startswith(b"GET /%E3%81%8A")


@pytest.mark.parametrize("host", ["１２７.０.０.１", "１６９。２５４。１６９。２５４", "ｄｂ.ｉｎｔｅｒｎａｌ"])
def test_a_place_inside_is_known_also_in_wide_letters(host):
    with pytest.raises(outward.Barred) as refused:
        outward.refuse(f"http://{host}/")
    assert refused.value.word == "inside"


@pytest.mark.parametrize(
    "url", [f"https://{'日' * 60}.jp/", f"http://{'a' * 70}.example/", "https://aא1.jp/", "http://a..jp/"]
)
def test_a_name_that_cannot_be_encoded_is_refused_as_it_is_written(url):
    with pytest.raises(outward.Barred) as refused:
        outward.refuse(url)
    assert refused.value.word == visit(url, "").reason == "address"
