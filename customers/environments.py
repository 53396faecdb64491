"""The door from an environment to its AWS account."""

from customers.models import Environment
from opsportal.aws.account import Account, open_account


def open_aws(environment: Environment) -> Account:
    """The environment's account, proven to be the promised one. Raises AwsError."""
    return open_account(
        role_arn=environment.read_role_arn,
        external_id=str(environment.external_id),
        region=environment.region,
        account_id=environment.account_id,
    )
