"""manage.py clock."""

import signal

from django.core.management.base import BaseCommand

from opsportal.clock import Clock


class Command(BaseCommand):
    """Runs the clock until it is told to stop."""

    help = "Finds due work each second and rings the workers. Run one or more; they do not disturb each other."

    def handle(self, *args, **options) -> None:
        clock = Clock()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: clock.stop())
        clock.run()
