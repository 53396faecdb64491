"""A new admin takes on a fresh account by the screens alone, and no step keeps anybody out."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Environment, Invitation, Onboarding, Server
from opsportal import work
from opsportal.sandbox.client import SandboxClient
from opsportal.sandbox.newcomers import add_newcomer
from opsportal.sandbox.principals import PORTAL_USER
from opsportal.sandbox.stacks import apply_template
from tests.browser.barriers import MOUSE, barriers, settle, sideways, small
from tests.world import read_everything

pytestmark = pytest.mark.browser

TEN_MINUTES = 600


@pytest.fixture
def account(scenes, settings) -> str:
    """A fresh account of the simulated AWS, whose customer knows the portal's principal."""
    settings.PORTAL_READ_PRINCIPAL = settings.PORTAL_ACT_PRINCIPAL = PORTAL_USER
    (environment,) = add_newcomer(scenes.sandbox.simulation).environments
    return environment.account


def passes(tab: Page) -> list[str]:
    """What of the present page keeps somebody out: barriers, small targets, sideways scrolling on a phone."""
    settle(tab)
    found = barriers(tab) + small(tab, MOUSE) + sideways(tab, [360])
    tab.set_viewport_size({"width": 1280, "height": 900})
    return found


def go_on(tab: Page, found: list[str], button: str) -> None:
    """Look whether the page keeps anybody out, then press its button."""
    found += passes(tab)
    tab.reload()
    tab.get_by_role("button", name=button).click()


def try_roles() -> None:
    work.drain("test-read-role")
    work.drain("test-act-role")


def test_a_fresh_account_is_taken_on_by_the_screens_alone(open_tab, read, scenes, account, tmp_path):
    began, found = time.monotonic(), []
    tab = open_tab(read.admin)
    tab.goto(reverse("customers"))
    tab.get_by_role("link", name="顧客の新規導入").click()
    found += passes(tab)
    tab.reload()
    tab.locator("[name=name]").fill("潮見珈琲")
    tab.locator("[name=slug]").fill("shiomi")
    tab.get_by_role("button", name="保存して次へ").click()

    found += passes(tab)
    tab.reload()
    tab.locator("[name=name]").fill("本番")
    tab.locator("[name=account_id]").fill(f"{account[:4]}-{account[4:8]}-{account[8:]}")
    tab.get_by_role("button", name="保存して次へ").click()

    with tab.expect_download() as download:
        tab.get_by_role("link", name="テンプレートをダウンロード").click()
    download.value.save_as(tmp_path / "template.json")
    go_on(tab, found, "接続をテストする")
    expect(tab.get_by_text("接続をテストしています")).to_be_visible()
    try_roles()
    expect(tab.get_by_text("接続にまだ問題があります")).to_be_visible(timeout=15_000)
    found += passes(tab)
    tab.reload()

    template = (tmp_path / "template.json").read_text(encoding="utf-8")
    apply_template(SandboxClient(scenes.sandbox.url), account, template)
    tab.get_by_role("button", name="もう一度テスト").click()
    try_roles()
    expect(tab.get_by_text("接続は良好です")).to_be_visible(timeout=15_000)
    assert not Environment.objects.filter(customer__slug="shiomi").exists()
    go_on(tab, found, "取得を開始")

    read_everything()
    expect(tab.get_by_text("staging-1").first).to_be_visible(timeout=15_000)
    go_on(tab, found, "続ける")

    found += passes(tab)
    tab.reload()
    tab.get_by_label("タグの付いたもの").check()
    tab.locator("[name=tag]").select_option("Environment=production")
    tab.get_by_role("button", name="保存して次へ").click()
    go_on(tab, found, "保存して次へ")

    found += passes(tab)
    tab.reload()
    tab.locator("[name=name]").fill("潮見 一郎")
    tab.locator("[name=email]").fill("owner@shiomi.example")
    tab.get_by_role("button", name="招待して完了").click()
    expect(tab.get_by_text("環境の導入が完了しました")).to_be_visible()
    found += passes(tab)
    tab.reload()
    read_everything()
    tab.get_by_role("link", name="環境を開く").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("潮見珈琲")

    environment = Environment.objects.get(customer__slug="shiomi")
    names = Server.objects.filter(environment=environment, gone_at=None).values_list("name", flat=True)
    assert set(names) == {"web-1", "web-2"}
    assert Invitation.objects.get(customer=environment.customer).role == "owner"
    assert Onboarding.objects.get().step == Onboarding.Step.DONE
    assert found == [], "\n".join(found)
    assert time.monotonic() - began < TEN_MINUTES


def test_what_was_typed_wrong_stays_and_is_told_at_the_field(open_tab, read, account):
    tab = open_tab(read.admin, width=360)
    tab.goto(reverse("onboarding-new"))
    tab.locator("[name=name]").fill("試験書店")
    tab.locator("[name=slug]").fill("hanaya")
    tab.get_by_role("button", name="保存して次へ").click()
    field = tab.locator("[name=name]")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("試験書店")
    expect(tab.locator("[name=slug]")).to_have_value("hanaya")
    expect(tab.get_by_text("この名前の顧客はすでに登録されています")).to_be_visible()
    assert barriers(tab) == []
    # The browser itself tells in its console of an answer that says what was wrong.
    open_tab.complaints.clear()
