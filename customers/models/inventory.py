"""What a customer runs: current state in typed rows, each kept as AWS last told it."""

from django.db import models

from customers.models.environment import Environment
from customers.models.finding import found_by, found_by_index


class Observed(models.Model):
    """A thing in a customer's AWS. A thing that vanished is marked gone with the time, never deleted."""

    environment = models.ForeignKey(Environment, models.CASCADE)
    # The longest is the ARN of an alarm, whose name alone may have 255 characters.
    aws_id = models.CharField(max_length=400)
    name = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    # Fields that move by themselves all the time: kept current, but not worth an observation each.
    MOVING: tuple[str, ...] = ()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["environment", "aws_id"], name="%(class)s_is_one_per_environment")
        ]

    def __str__(self) -> str:
        return self.name or self.aws_id


class Server(Observed):
    """An EC2 instance."""

    state = models.CharField(max_length=20)
    instance_type = models.CharField(max_length=40)
    zone = models.CharField(max_length=30, blank=True)
    private_address = models.CharField(max_length=45, blank=True)
    public_address = models.CharField(max_length=45, blank=True)
    image_id = models.CharField(max_length=30, blank=True)
    platform = models.CharField(max_length=80, blank=True)
    root_device = models.CharField(max_length=20, blank=True)
    launched_at = models.DateTimeField(null=True)
    state_reason = models.CharField(max_length=255, blank=True)
    security_groups = models.JSONField(default=list)
    tags = models.JSONField(default=dict)
    system_check = models.CharField(max_length=20, blank=True)
    instance_check = models.CharField(max_length=20, blank=True)
    agent_state = models.CharField(max_length=20, blank=True)
    os_name = models.CharField(max_length=80, blank=True)
    os_version = models.CharField(max_length=40, blank=True)
    found_by = found_by("name", "aws_id", "private_address", "public_address")

    class Meta(Observed.Meta):
        indexes = [
            models.Index(fields=["aws_id"]),
            models.Index(fields=["private_address"]),
            models.Index(fields=["name", "id"], condition=models.Q(gone_at=None), name="server_by_name"),
            found_by_index("server_found_by"),
        ]


class Database(Observed):
    """An RDS instance; `aws_id` is its identifier."""

    state = models.CharField(max_length=40)
    arn = models.CharField(max_length=255)
    resource_id = models.CharField(max_length=60, blank=True)
    engine = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=40)
    instance_class = models.CharField(max_length=40)
    zone = models.CharField(max_length=30, blank=True)
    endpoint = models.CharField(max_length=255, blank=True)
    storage_gb = models.PositiveIntegerField(null=True)
    max_storage_gb = models.PositiveIntegerField(null=True)
    storage_type = models.CharField(max_length=20, blank=True)
    multi_az = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    backup_retention_days = models.PositiveSmallIntegerField(default=0)
    backup_window = models.CharField(max_length=30, blank=True)
    maintenance_window = models.CharField(max_length=40, blank=True)
    auto_minor_upgrade = models.BooleanField(default=False)
    certificate = models.CharField(max_length=60, blank=True)
    certificate_ends_at = models.DateTimeField(null=True)
    restorable_from = models.DateTimeField(null=True)
    restorable_lag_minutes = models.PositiveIntegerField(null=True)
    pending_changes = models.JSONField(default=dict)
    replica_of = models.CharField(max_length=255, blank=True)
    tags = models.JSONField(default=dict)
    found_by = found_by("name", "aws_id", "endpoint")

    MOVING = ("restorable_from", "restorable_lag_minutes")

    class Meta(Observed.Meta):
        indexes = [
            models.Index(fields=["aws_id"]),
            models.Index(fields=["name", "id"], condition=models.Q(gone_at=None), name="database_by_name"),
            found_by_index("database_found_by"),
        ]


class Volume(Observed):
    """An EBS volume."""

    state = models.CharField(max_length=20)
    size_gb = models.PositiveIntegerField()
    volume_type = models.CharField(max_length=20)
    iops = models.PositiveIntegerField(null=True)
    encrypted = models.BooleanField(default=False)
    server_aws_id = models.CharField(max_length=30, blank=True)
    device = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=30, blank=True)

    class Meta(Observed.Meta):
        indexes = [models.Index(fields=["environment", "server_aws_id"])]


class SecurityGroup(Observed):
    """A security group with its inbound rules."""

    description = models.CharField(max_length=255, blank=True)
    vpc_id = models.CharField(max_length=30, blank=True)
    inbound = models.JSONField(default=list)


class Address(Observed):
    """An Elastic IP address."""

    address = models.CharField(max_length=45)
    server_aws_id = models.CharField(max_length=30, blank=True)
    found_by = found_by("address")

    class Meta(Observed.Meta):
        indexes = [found_by_index("address_found_by")]


class LoadBalancer(Observed):
    """A load balancer and the health of each target behind it; `aws_id` is its ARN."""

    state = models.CharField(max_length=20)
    balancer_type = models.CharField(max_length=20)
    dns_name = models.CharField(max_length=255, blank=True)
    targets = models.JSONField(default=list)
