"""manage.py role_template."""

from django.core.management.base import BaseCommand

from opsportal.aws.template import template


class Command(BaseCommand):
    """Prints the shared copy of the CloudFormation template, for the bucket named by TEMPLATE_BUCKET_URL."""

    help = "Prints the CloudFormation template of the customers' roles without values, for the quick-create link."

    def handle(self, *args, **options) -> None:
        self.stdout.write(template(), ending="")
