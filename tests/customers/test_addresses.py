"""What people write becomes one kept form, or they are told what to write."""

import pytest
from django.core.exceptions import ValidationError

from customers import addresses


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０－１２３４－５６７８", "+819012345678"),
        ("０９０ー１２３４ー５６７８", "+819012345678"),
        ("090 1234 5678", "+819012345678"),
        ("０９０　１２３４　５６７８", "+819012345678"),
        ("(03) 5550-0101", "+81355500101"),
        ("03(5550)0101", "+81355500101"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("+81-90-1234-5678", "+819012345678"),
        ("0081 90 1234 5678", "+819012345678"),
        ("tel:+819012345678", "+819012345678"),
        ("090‐1234–5678", "+819012345678"),
        ("0120-000-000", "+81120000000"),
        ("+1 415 555 2671", "+14155552671"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_number_is_kept_in_one_form(written, kept):
    assert addresses.kept("voice", written) == kept


@pytest.mark.parametrize(
    "written",
    ["", "110", "119", "0110", "090-1234-567", "090-1234-56789", "0990-123-456", "0570-000-000", "+0123456789",
     "090-1234-5678 内線 12", "phone", "+1234567890123456", "٠٩٠١٢٣٤٥٦٧٨٩", "090\n12345678"],
)  # fmt: skip
def test_what_is_no_phone_number_is_refused(written):
    with pytest.raises(ValidationError):
        addresses.kept("voice", written)


def test_an_sms_goes_to_mobile_phones_only():
    assert addresses.kept("sms", "060-1234-5678") == "+816012345678"
    assert addresses.kept("sms", "+1 415 555 2671") == "+14155552671"
    with pytest.raises(ValidationError, match="090"):
        addresses.kept("sms", "03-5550-0101")


def test_a_mail_address_is_kept_with_its_host_in_small_letters():
    assert addresses.kept("mail", " Yumi.Aoki@AOBA.example.JP ") == "Yumi.Aoki@aoba.example.jp"
    assert addresses.kept("mail", "ｙｕｍｉ＠ａｏｂａ．ｅｘａｍｐｌｅ") == "yumi@aoba.example"


@pytest.mark.parametrize(
    "written",
    ["yumi", "yumi@", "@aoba.example", "a b@aoba.example", "yumi@aoba.example\nBcc: x@y.example", "a@b@c.example",
     f"{'a' * 250}@aoba.example", "<yumi@aoba.example>", "yumi@aoba.example, b@aoba.example",
     "\"yumi\u202e\"@aoba.example", "yumi@ao\u202eba.example", "yumi\u200b@aoba.example"],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused(written):
    with pytest.raises(ValidationError):
        addresses.kept("mail", written)


def test_a_webhook_of_a_chat_is_kept_as_it_is():
    address = "https://hooks.slack.com/services/T000/B000/XXXXsecret"
    assert addresses.kept("chat", address) == address
    assert "secret" not in addresses.shown("chat", address).removesuffix("cret")


@pytest.mark.parametrize(
    "written",
    ["http://hooks.slack.com/services/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest",
     "https://localhost/x", "https://2130706433/x", "https://user:pass@hooks.slack.com/x", "https://hooks.slack.com:8443/x",
     "https://hooks.slack.com", "https://hooks.slack.com/", "https://db.internal/x", "https://0x7f.1/x", "https://[bad",
     "ftp://hooks.slack.com/x", "javascript:alert(1)", "https://hooks.slack.com/a b", "https://hooks.slack.com/x#y"],
)  # fmt: skip
def test_what_is_no_webhook_on_the_internet_is_refused(written):
    with pytest.raises(ValidationError):
        addresses.kept("chat", written)


def test_numbers_are_shown_as_they_are_dialled():
    assert addresses.shown("sms", "+819012345678") == "090-1234-5678"
    assert addresses.shown("voice", "+81355500101") == "03-5550-0101"
    assert addresses.shown("voice", "+14155552671") == "+14155552671"
