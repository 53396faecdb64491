"""Secrets at rest: bound to their row, opened by any key of the ring, moved to the newest by a command."""

import base64

import pytest
from django.core.management import CommandError, call_command

from customers.models import AuthenticatorApp
from opsportal import business_time
from opsportal.secrets_at_rest import CannotOpenError, seal, unseal
from tests.world import give_app

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def apps(world, settings) -> list[AuthenticatorApp]:
    """Two people's seeds under an old key."""
    settings.SECRET_RING = {"old": OLD}
    AuthenticatorApp.objects.all().delete()
    for person in (world.owner, world.stranger):
        give_app(person, business_time.now())
    return list(AuthenticatorApp.objects.order_by("user_id"))


def test_a_text_moved_to_another_row_does_not_open(apps):
    apps[0].seed = apps[1].seed
    with pytest.raises(CannotOpenError):
        unseal(apps[0], "seed")


@pytest.mark.parametrize("broken", ["", "old:", "old:!!", "nobody:AAAA", "old:" + base64.b64encode(b"x" * 60).decode()])
def test_what_was_altered_does_not_open(apps, broken):
    apps[0].seed = broken
    with pytest.raises(CannotOpenError):
        unseal(apps[0], "seed")


def test_the_same_secret_looks_different_each_time(apps):
    before = apps[0].seed
    seal(apps[0], "seed", unseal(apps[0], "seed"))
    assert apps[0].seed != before


def test_rotation_moves_everything_under_the_new_key_and_loses_nothing(apps, settings, capsys):
    seeds = [unseal(app, "seed") for app in apps]
    settings.SECRET_RING = {"new": NEW, "old": OLD}
    call_command("rotate_secrets")
    assert "AuthenticatorApp.seed: 2" in capsys.readouterr().out
    settings.SECRET_RING = {"new": NEW}
    moved = list(AuthenticatorApp.objects.order_by("user_id"))
    assert [unseal(app, "seed") for app in moved] == seeds
    assert all(app.seed.startswith("new:") for app in moved)


def test_rotation_without_the_old_key_says_so_and_changes_nothing(apps, settings):
    settings.SECRET_RING = {"new": NEW}
    with pytest.raises(CommandError, match="'old' is not on the ring"):
        call_command("rotate_secrets")
    assert all(app.seed.startswith("old:") for app in AuthenticatorApp.objects.all())
