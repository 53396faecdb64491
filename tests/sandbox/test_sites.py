"""The web sites are as well as what they run on."""

import http.client
import urllib.error
import urllib.request

import pytest

from tests.sandbox.conftest import Hand


def visit(hand: Hand, path: str) -> tuple[int, str]:
    """Status and text of a page."""
    try:
        with urllib.request.urlopen(hand.sandbox.sites_url + path, timeout=5) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as failed:
        return failed.code, failed.read().decode()


def test_well_site_shows_its_title(hand: Hand) -> None:
    status, text = visit(hand, "/shop-production/")
    assert status == 200
    assert "<title>試験書店</title>" in text


def test_one_of_two_servers_is_enough(hand: Hand) -> None:
    hand.happen("stop-instance", server="web-1")
    hand.forward(minutes=1)
    assert visit(hand, "/shop-production/")[0] == 200
    hand.happen("stop-instance", server="web-2")
    hand.forward(minutes=1)
    status, text = visit(hand, "/shop-production/")
    assert (status, "503 Service Temporarily Unavailable" in text) == (503, True)
    hand.control("clear", {})
    hand.forward(minutes=3)
    assert visit(hand, "/shop-production/")[0] == 200


def test_single_server_that_is_stopped_answers_nobody(hand: Hand) -> None:
    hand.happen("stop-instance", "cafe", "web-1")
    hand.forward(minutes=1)
    with pytest.raises((http.client.HTTPException, OSError)):
        visit(hand, "/cafe-production/")
    hand.control("clear", {})
    hand.forward(minutes=3)


def test_site_without_its_database_says_so(hand: Hand) -> None:
    hand.happen("stop-database", "cafe")
    status, text = visit(hand, "/cafe-production/")
    assert (status, "データベース接続確立エラー" in text) == (500, True)
    hand.control("clear", {})
    hand.forward(minutes=2)
    assert visit(hand, "/cafe-production/")[0] == 200


def test_site_down(hand: Hand) -> None:
    hand.happen("site-down")
    assert visit(hand, "/shop-production/")[0] == 503


def test_unknown_site_is_not_found(hand: Hand) -> None:
    assert visit(hand, "/nobody/")[0] == 404
