"""manage.py load_large_world."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from opsportal.bench import world


class Command(BaseCommand):
    """Fills an empty database with a large world to measure on."""

    help = "Makes 1,000 customers, 3,000 environments, 300,000 backups and a million observations in an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        world.add_arguments(parser)

    def handle(self, *args, customers: int, nights: int, observations: int, **options) -> None:
        world.make(customers=customers, nights=nights, observations=observations)
        self.stdout.write("made")
