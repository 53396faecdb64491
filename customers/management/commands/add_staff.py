"""manage.py add_staff."""

import sys
import warnings
from argparse import ArgumentParser
from getpass import GetPassWarning, getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from customers import customers
from customers.models import User
from opsportal import business_time


class Command(BaseCommand):
    """Gives one of the provider's own people a log-in; the first admin of an installation is made so."""

    help = "Gives one of the provider's own people a log-in; asks for the password, or reads it with --password-stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", default=User.StaffRole.OPERATOR, choices=["operator", "admin"])
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of standard input"
        )

    def handle(self, *args, email: str, name: str, role: str, password_stdin: bool, **options) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask()
        try:
            validate_password(password, User(email=email, name=name))
            customers.add_staff(
                email=email, name=name, staff_role=role, password=password, at=business_time.now(), by=None
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{email} can log in")


def _ask() -> str:
    """The password, typed at a terminal that does not show it. Raises CommandError without one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return getpass("Password (12 characters or more): ")
    except (EOFError, GetPassWarning) as error:
        raise CommandError(
            "There is no terminal at which to ask for the password. Run the command at one (docker compose exec "
            "without -T), or hand the password over: add_staff … --password-stdin < FILE"
        ) from error
