"""Taking on a customer: what is stored, and what is refused in words."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from customers import customers
from customers.management.commands import add_staff
from customers.models import Customer, Environment, LogbookEntry, Poll, User
from opsportal import business_time
from tests.world import PASSWORD

PRINCIPAL = "arn:aws:iam::123456789012:role/opsportal-read-worker"


def onboard(*arguments: str, account: str = "777788889999", region: str = "ap-northeast-1") -> None:
    call_command(
        "onboard", "hanaya", "花屋", "--account", account, "--region", region, "--principal", PRINCIPAL, *arguments
    )


def test_the_command_prints_the_role_to_make_and_reading_begins(db, capsys):
    onboard()
    told = capsys.readouterr().out
    environment = Environment.objects.get(customer__slug="hanaya")
    assert str(environment.external_id) in told and PRINCIPAL in told
    permissions = json.loads(told.split("permissions policy:")[1])
    assert "ec2:DescribeInstances" in permissions["Statement"][0]["Action"]
    assert Poll.objects.filter(environment=environment, due_at__lte=business_time.now()).exists()
    assert set(LogbookEntry.objects.values_list("verb", flat=True)) == {
        "customer-onboarded", "environment-added", "agreed",
    }  # fmt: skip


@pytest.mark.parametrize("account", ["12345", "１２３４５６７８９０１２", "abcdefghijkl"])
def test_a_wrong_account_number_is_refused_and_nothing_is_half_stored(db, account):
    with pytest.raises(CommandError):
        onboard(account=account)
    assert not Customer.objects.filter(slug="hanaya").exists()


def test_the_same_environment_twice_is_refused(db):
    onboard()
    with pytest.raises(CommandError):
        onboard()
    assert Environment.objects.filter(customer__slug="hanaya").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "試験書店"),
        ("slug", "shop"),
        ("name", "長" * 10_000),
        ("slug", "<script>"),
        ("time_zone", "Asia/Tokio"),
    ],
)
def test_a_bad_value_is_named_at_its_field(world, field, value):
    values = {"name": "花屋", "slug": "hanaya", field: value}
    with pytest.raises(ValidationError) as refused:
        customers.onboard(**values, at=business_time.now(), by=world.admin)
    assert field in refused.value.message_dict


def test_the_first_admin_is_made_by_command_with_a_strong_password(db, monkeypatch):
    monkeypatch.setattr(add_staff, "getpass", lambda prompt: PASSWORD)
    call_command("add_staff", "root@msp.example", "高橋 葵", "--role", "admin")
    assert User.objects.get(email="root@msp.example").check_password(PASSWORD)
    monkeypatch.setattr(add_staff, "getpass", lambda prompt: "short")
    with pytest.raises(CommandError):
        call_command("add_staff", "two@msp.example", "佐藤 健")


def test_without_a_terminal_the_command_says_how_to_hand_the_password_over(db, monkeypatch):
    told = subprocess.run(
        [sys.executable, "manage.py", "add_staff", "root@msp.example", "高橋 葵"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,
    )
    assert told.returncode == 1
    assert "--password-stdin" in told.stderr and "Traceback" not in told.stderr
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("add_staff", "root@msp.example", "高橋 葵", "--role", "admin", "--password-stdin")
    assert User.objects.get(email="root@msp.example").check_password(PASSWORD)
