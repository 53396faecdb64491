"""manage.py rotate_secrets."""

from django.core.management.base import BaseCommand, CommandError

from customers import sealed
from opsportal import business_time, secrets_at_rest


class Command(BaseCommand):
    """Seals every secret under the first key of SECRET_RING, so that the older keys can be taken out.

    What an older release wrote in clear is sealed too; the clock does that by itself once a day.
    """

    help = "Encrypts every stored secret anew under the first key of SECRET_RING; safe while the portal runs."

    def handle(self, *args, **options) -> None:
        try:
            in_clear = sealed.seal_what_lies_in_clear(business_time.now())
            moved = secrets_at_rest.rotate()
        except secrets_at_rest.CannotOpenError as error:
            raise CommandError(f"{error}. Put its key back on SECRET_RING and run again.") from error
        if in_clear:
            self.stdout.write(f"lay in clear until now: {in_clear}")
        for column, rows in moved.items():
            self.stdout.write(f"{column}: {rows}")
        self.stdout.write("Everything lies under the first key; the others can be taken out.")
