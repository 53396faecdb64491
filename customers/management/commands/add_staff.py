"""manage.py add_staff."""

from argparse import ArgumentParser
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from customers import customers
from customers.models import User
from opsportal import business_time


class Command(BaseCommand):
    """Gives one of the provider's own people a log-in; the first admin of an installation is made so."""

    help = "Gives one of the provider's own people a log-in; asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", default=User.StaffRole.OPERATOR, choices=["operator", "admin"])

    def handle(self, *args, email: str, name: str, role: str, **options) -> None:
        password = getpass("Password (12 characters or more): ")
        try:
            validate_password(password, User(email=email, name=name))
            customers.add_staff(
                email=email, name=name, staff_role=role, password=password, at=business_time.now(), by=None
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{email} can log in")
