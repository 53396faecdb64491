"""EC2: moto's answers, mended by the files beside this one."""

from moto.ec2.responses import EC2Response

from opsportal.sandbox.overlays.ec2_instances import Ec2Instances
from opsportal.sandbox.overlays.ec2_storage import Ec2Storage


class Ec2(Ec2Instances, Ec2Storage, EC2Response):
    """Every EC2 operation."""
