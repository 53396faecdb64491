"""The large world keeps up with the models."""

import pytest
from django.core.management import CommandError, call_command

from customers.models import Environment, Observation, Poll
from maintenance.models import Backup


def test_it_fills_every_table_that_the_pages_read(db):
    call_command("load_large_world", customers=2, nights=3, observations=2)
    assert Environment.objects.count() == 6
    assert Observation.objects.count() == 6 * 3 * 2
    assert Backup.objects.count() == 6 * (3 + 1) * 3
    assert Poll.objects.count() == 6 * 5


def test_it_goes_into_an_empty_database_only(world):
    with pytest.raises(CommandError):
        call_command("load_large_world", customers=1)
