"""The owner accepts an invitation on a phone with a passkey, and comes back with it."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers import invitations, second_factors
from customers.models import LogbookEntry, Member, Message, Passkey
from customers.sealed import secrets_of
from opsportal import business_time
from opsportal.secrets_at_rest import unseal
from tests.world import PASSWORD

pytestmark = pytest.mark.browser
FIRST_PAGE = re.compile(r"//[^/]+/$")


def with_authenticator(tab: Page) -> Page:
    """Give the tab's device a finger that is always recognised."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tab.authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    tab.devtools = devtools
    return tab


def log_out(tab: Page) -> None:
    tab.locator("button[popovertarget=menu]:visible").first.click()
    tab.get_by_role("button", name="ログアウト").click()
    tab.wait_for_url(f"**{reverse('login')}")


@pytest.fixture
def phone(open_tab) -> Page:
    """A stranger's phone."""
    return with_authenticator(open_tab(width=360))


def test_an_invited_owner_joins_by_passkey_logs_out_and_comes_back_with_it(phone, read):
    invitations.invite(
        email="new-owner@shop.example", name="新田 蒼", role="owner", customer=read.shop,
        at=business_time.now(), by=read.admin,
    )  # fmt: skip
    mail = Message.objects.get(kind="invitation")
    phone.goto(re.search(r"/invitations/.*", secrets_of(mail)["link"])[0])
    expect(phone.get_by_text("試験書店")).to_be_visible()
    phone.get_by_label("名前").fill("新田 蒼")
    phone.get_by_role("button", name="パスキーで参加する").click()
    phone.wait_for_url(f"**{reverse('recovery-codes')}")
    phone.get_by_role("button", name="新しい回復コードを表示する").click()
    expect(phone.locator(".codes li")).to_have_count(10)
    phone.get_by_role("link", name="保管しました").click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    member = Member.objects.get(user__email="new-owner@shop.example")
    assert not member.user.has_usable_password() and member.user.passkeys.count() == 1
    log_out(phone)
    phone.get_by_role("button", name="パスキーでログイン").click()
    phone.wait_for_url(FIRST_PAGE)
    phone.goto(reverse("environment", args=[read.shop_production.pk]))
    expect(phone.get_by_role("heading", name="業務ボード")).to_be_visible()
    answer = phone.request.get(reverse("environment", args=[read.inn_production.pk]))
    assert answer.status == 404
    factors = LogbookEntry.objects.filter(verb="logged-in", actor=member.user).values_list("facts__factor", flat=True)
    assert list(factors) == ["passkey", "passkey"]


def test_a_passkey_is_a_second_step_and_nobody_elses(open_tab, read):
    tab = with_authenticator(open_tab())
    tab.goto(reverse("login"))
    _password(tab, "operator@msp.example")
    seed = unseal(read.operator.authenticator_app, "seed")
    tab.get_by_label("確認コード").fill(second_factors.digits(seed, second_factors.present_step()))
    tab.get_by_role("button", name="ログイン", exact=True).click()
    tab.wait_for_url(FIRST_PAGE)
    tab.goto(reverse("second-factor"))
    tab.get_by_label("この端末の名前").fill("当番用の端末")
    tab.get_by_role("button", name="パスキーを登録する").click()
    tab.wait_for_url(f"**{reverse('account')}")
    expect(tab.get_by_text("当番用の端末", exact=True)).to_be_visible()
    log_out(tab)
    _password(tab, "operator@msp.example")
    tab.get_by_role("button", name="パスキーを使う").click()
    tab.wait_for_url(FIRST_PAGE)
    log_out(tab)
    # The key of the operator does not open the admin's log-in.
    Passkey.objects.update(user=read.admin)
    _password(tab, "operator@msp.example")
    tab.get_by_label("確認コード").wait_for()
    expect(tab.get_by_role("button", name="パスキーを使う")).to_have_count(0)


def test_whoever_takes_their_hand_away_is_told_and_may_try_again(open_tab, read):
    tab = with_authenticator(open_tab())
    tab.goto(reverse("login"))
    tab.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": tab.authenticator, "isUserVerified": False})
    tab.get_by_role("button", name="パスキーでログイン").click()
    expect(tab.get_by_text("パスキーは使われませんでした")).to_be_visible()


def _password(tab: Page, email: str) -> None:
    tab.get_by_label("メールアドレス").fill(email)
    tab.get_by_label("パスワード").fill(PASSWORD)
    tab.get_by_role("button", name="ログイン", exact=True).click()
