"""IAM: roles of the customers' accounts, which the sandbox remembers over a restart."""

from moto.iam.responses import IamResponse

from opsportal.sandbox.overlays.answering import Answering


class Iam(Answering, IamResponse):
    """Every IAM operation, as moto has it."""
