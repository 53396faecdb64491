"""What people paste into a form comes to the server whole, and what is too long is said at its field."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
LONG = "長" * 300


def test_no_field_lets_the_browser_cut_what_is_pasted():
    """A browser cuts at maxlength without a word: the drawing of forms leaves it out, so nothing writes it by hand."""
    written = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/*.js")]
    for app in ("customers", "maintenance", "incidents", "opsportal"):
        written += [path for path in (ROOT / app).rglob("*.py") if path.name != "forms.py" or path.parent.name != "web"]
    assert [path.name for path in written if "maxlength" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    ("who", "page", "sent"),
    [
        ("admin", "onboarding-new", {"name": LONG, "slug": "x", "time_zone": "Asia/Tokyo"}),
        ("owner", "contact-add", {"name": LONG, "language": "ja"}),
        ("owner", "contact-add", {"name": "x", "position": LONG, "language": "ja"}),
        ("operator", "freeze", {"reason": LONG * 2, "turn": "freeze"}),
        ("owner", "add-special-day", {"kind": "closed", "first": "2027-01-01", "last": "2027-01-03", "name": LONG}),
    ],
)
def test_too_long_a_text_is_refused_at_its_field_and_comes_back_whole(world, client, who, page, sent):
    client.force_login(getattr(world, who))
    address = reverse(page, args=[] if page == "onboarding-new" else [world.shop.pk])
    answer = client.post(address, sent)
    assert answer.status_code in (200, 422) and "field-error" in answer.text and LONG in answer.text
    assert re.search(r"\d+\s*文字以下でなければなりません", answer.text)
    assert "maxlength" not in answer.text


@pytest.mark.parametrize(("page", "field"), [("customers", "q"), ("outbox", "q"), ("logbook", "who"), ("search", "q")])
def test_too_long_a_search_is_told_so_and_comes_back_whole(world, client, page, field):
    client.force_login(world.operator)
    answer = client.get(reverse(page), {field: LONG})
    assert "field-error" in answer.text and LONG in answer.text and "300" in answer.text
    assert page != "search" or answer.text.count("300 文字") == 1


def test_the_palette_says_that_the_words_are_too_many(world, client):
    client.force_login(world.operator)
    assert "300 文字" in client.get(reverse("search"), {"q": LONG}, headers={"HX-Request": "true"}).text
