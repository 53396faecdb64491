"""Makes the sample world in moto: the customers' networks, instances, databases, load balancers and alarms."""

import datetime as dt
import os

from moto.backup.models import backup_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.rds.models import rds_backends
from moto.ssm.models import ssm_backends
from moto.sts.models import sts_backends

from opsportal.sandbox import world
from opsportal.sandbox.alarms import make_alarms
from opsportal.sandbox.databases import make_databases
from opsportal.sandbox.estate import Place, ServerRecord
from opsportal.sandbox.ids import drawn_from, public_address, resource_id
from opsportal.sandbox.simulation import Simulation

BACKENDS = (
    ec2_backends,
    rds_backends,
    elbv2_backends,
    cloudwatch_backends,
    iam_backends,
    backup_backends,
    ssm_backends,
    sts_backends,
)
AGE = dt.timedelta(days=214)


def forget_everything() -> None:
    """Empty moto, which keeps its state in modules: one process holds one world at a time."""
    # 1,301 public images in each account and region would cost seconds and memory.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    for backends in BACKENDS:
        backends.reset()


def build_world(simulation: Simulation) -> None:
    """Make every environment of the world; the ids depend only on the names in it."""
    for customer in simulation.world.customers:
        build_customer(simulation, customer)


def build_customer(simulation: Simulation, customer: world.Customer) -> None:
    """Make every environment of one customer."""
    for environment in customer.environments:
        place = Place(customer, environment)
        _make_place(simulation, place)
        simulation.estate.add(place)


def _make_place(simulation: Simulation, place: Place) -> None:
    environment = place.environment
    with drawn_from("network", environment.account, environment.region):
        # The first touch makes the account's default network, whose ids are drawn as well.
        ec2 = ec2_backends[environment.account][environment.region]
        vpc = ec2.create_vpc("10.0.0.0/16", tags=[{"Key": "Name", "Value": f"{place.customer.slug}-vpc"}])
        subnets = {
            zone: ec2.create_subnet(vpc.id, f"10.0.{number}.0/24", availability_zone=f"{environment.region}{zone}")
            for number, zone in ((10, "a"), (20, "c"))
        }
        groups = _make_groups(ec2, place, vpc.id)
    for server in environment.servers:
        group = groups["web"] if server.job == "web" else groups["batch"]
        place.servers.append(_make_server(ec2, place, server, subnets[server.zone], group, simulation.store.born_at))
    if environment.load_balancer:
        with drawn_from("load-balancer", environment.account, environment.region):
            _make_load_balancer(place, subnets, groups["alb"], vpc.id)
    make_databases(simulation, place, [subnet.id for subnet in subnets.values()], groups["db"].id)
    make_alarms(simulation, place)


def _make_groups(ec2, place: Place, vpc_id: str) -> dict:
    environment = place.environment
    names = {"web": "Webサーバー", "batch": "バッチサーバー", "db": "データベース", "alb": "ロードバランサー"}
    groups = {
        job: ec2.create_security_group(
            f"{place.customer.slug}-{job}",
            f"{place.customer.slug} {job} servers",
            vpc_id,
            tags={"Name": f"{place.customer.slug}-{job}", "用途": label},
        )
        for job, label in names.items()
    }
    public = [{"CidrIp": "0.0.0.0/0"}]
    office = [{"CidrIp": environment.ssh_from, "Description": "保守拠点"}]
    front = groups["alb"] if environment.load_balancer else groups["web"]
    for port in ("80", "443"):
        ec2.authorize_security_group_ingress(front.id, "tcp", port, port, public, vpc_id=vpc_id)
    if environment.load_balancer:
        source = [{"GroupId": groups["alb"].id, "UserId": environment.account}]
        ec2.authorize_security_group_ingress(
            groups["web"].id, "tcp", "80", "80", [], source_groups=source, vpc_id=vpc_id
        )
    for job in ("web", "batch"):
        ec2.authorize_security_group_ingress(groups[job].id, "tcp", "22", "22", office, vpc_id=vpc_id)
        source = [{"GroupId": groups[job].id, "UserId": environment.account}]
        ec2.authorize_security_group_ingress(
            groups["db"].id, "tcp", "3306", "3306", [], source_groups=source, vpc_id=vpc_id
        )
    return groups


def _make_server(ec2, place: Place, spec: world.Server, subnet, group, born_at: dt.datetime) -> ServerRecord:
    environment = place.environment
    launched = (born_at - AGE).replace(microsecond=0)
    disks = [("/dev/xvda", spec.disk.gib)] + ([("/dev/sdf", spec.data_disk_gib)] if spec.data_disk_gib else [])
    with drawn_from("server", environment.account, environment.region, spec.name):
        reservation = ec2.run_instances(
            resource_id("ami", "amazon-linux-2023", environment.region),
            1,
            None,
            [],
            instance_type=spec.instance_type,
            is_instance_type_default=False,
            placement=None,
            region_name=environment.region,
            subnet_id=subnet.id,
            key_name=f"{place.customer.slug}-key",
            security_group_ids=[group.id],
            associate_public_ip=not spec.elastic_address,
            metadata_options={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
            monitoring_state="disabled",
            ebs_optimized=True,
            tags={"instance": _tags(place, spec), "volume": {"Name": f"{spec.name}-disk"}},
            block_device_mappings=[
                {
                    "DeviceName": device,
                    "Ebs": {"VolumeSize": size, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True},
                }
                for device, size in disks
            ],
        )
        instance = reservation.instances[0]
        if spec.elastic_address:
            address = ec2.allocate_address("vpc", public_address("elastic", instance.id), {"Name": f"{spec.name}-eip"})
            ec2.associate_address(instance=instance, allocation_id=address.allocation_id)
    instance.launch_time = launched
    instance.root_device_name = "/dev/xvda"
    instance.virtualization_type = "hvm"
    volumes = [
        device.volume_id
        for _, device in sorted(instance.get_block_device_mapping, key=lambda pair: pair[0] != "/dev/xvda")
    ]
    for _, device in instance.get_block_device_mapping:
        device.attach_time = launched
    for volume_id in volumes:
        volume = ec2.volumes[volume_id]
        volume.create_time = volume.attachment.attach_time = launched
        volume.iops, volume.throughput = 3000, 125
    for interface in instance.nics.values():
        interface.attach_time = launched
    return ServerRecord(spec, place, instance.id, volumes)


def _tags(place: Place, spec: world.Server) -> dict[str, str]:
    return {
        "Name": spec.name,
        "Customer": place.customer.slug,
        "Environment": spec.belongs_to or place.environment.slug,
        "Role": spec.job,
        "ManagedBy": "opsportal",
    }


def _make_load_balancer(place: Place, subnets: dict, group, vpc_id: str) -> None:
    balancers = elbv2_backends[place.account][place.region]
    balancer = balancers.create_load_balancer(
        f"{place.customer.slug}-alb",
        [group.id],
        [subnet.id for subnet in subnets.values()],
        scheme="internet-facing",
        loadbalancer_type="application",
    )
    balancer.state = "active"
    targets = balancers.create_target_group(
        f"{place.customer.slug}-web",
        vpc_id=vpc_id,
        protocol="HTTP",
        protocol_version="HTTP1",
        port="80",
        healthcheck_path="/healthcheck.html",
        target_type="instance",
    )
    balancers.register_targets(targets.arn, [{"Id": server.instance_id, "Port": 80} for server in place.servers])
    forward = [{"Type": "forward", "TargetGroupArn": targets.arn}]
    # TLS ends before the load balancer here: a certificate would need one more simulated service.
    balancers.create_listener(balancer.arn, "HTTP", "80", "", None, forward)
    place.load_balancer_arn, place.target_group_arn = balancer.arn, targets.arn
