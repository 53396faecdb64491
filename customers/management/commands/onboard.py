"""manage.py onboard."""

import json
from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers import agreements, customers
from customers.models import Customer, Duty, Environment, Plan
from opsportal import business_time
from opsportal.aws.permissions import read_policy, trust_policy


class Command(BaseCommand):
    """Takes on a customer's AWS account from the command line."""

    help = (
        "Takes on a customer and one AWS account, and prints the role that the customer has to make. "
        "Reading begins at once and tells on the environment's page what is still missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name of the customer in addresses, for example aoba")
        parser.add_argument("name", help="the customer's name")
        parser.add_argument("--account", required=True, help="12 digits of the AWS account")
        parser.add_argument("--region", required=True, help="for example ap-northeast-1")
        parser.add_argument("--principal", required=True, help="ARN of the portal's own role, which is to be trusted")
        parser.add_argument("--kana", default="")
        parser.add_argument("--environment", default="本番", help="name of the environment")
        parser.add_argument("--environment-slug", default="production")
        parser.add_argument("--stage", default=Environment.Stage.PRODUCTION, choices=Environment.Stage.values)
        parser.add_argument("--plan", default="full_support", help="code of the plan; a new one holds every duty")
        parser.add_argument("--role-name", default="OpsPortalRead")
        parser.add_argument("--retention-days", type=int, default=7)
        parser.add_argument("--site-url", default="")
        parser.add_argument("--site-text", default="", help="words that the site's page must hold")

    def handle(self, *args, **options) -> None:
        try:
            environment = self._onboard(options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Make the role {environment.read_role_arn} with this trust policy:")
        self.stdout.write(json.dumps(trust_policy(options["principal"], str(environment.external_id)), indent=2))
        self.stdout.write("and this permissions policy:")
        self.stdout.write(json.dumps(read_policy(), indent=2))

    @transaction.atomic
    def _onboard(self, options: dict) -> Environment:
        at = business_time.now()
        customer = Customer.objects.filter(slug=options["slug"]).first() or customers.onboard(
            name=options["name"], slug=options["slug"], kana=options["kana"], at=at, by=None
        )
        plan = Plan.objects.filter(code=options["plan"]).first() or agreements.add_plan(
            code=options["plan"], name_ja="フルサポート", name_en="Full support", provider_duties=list(Duty)
        )
        return customers.add_environment(
            customer=customer,
            name=options["environment"],
            slug=options["environment_slug"],
            stage=options["stage"],
            account_id=options["account"],
            region=options["region"],
            plan=plan,
            retention_days=options["retention_days"],
            at=at,
            by=None,
            read_role_name=options["role_name"],
            site_url=options["site_url"],
            site_text=options["site_text"],
        )
