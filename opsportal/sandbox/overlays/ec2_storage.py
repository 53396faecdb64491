"""EC2 volumes, snapshots and images: those of moto, and those that the nights of the world left behind."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult

from opsportal.sandbox.estate import Place, ServerRecord
from opsportal.sandbox.ids import resource_id, stable_number
from opsportal.sandbox.nights import Backup
from opsportal.sandbox.overlays.answering import AwsError, matches
from opsportal.sandbox.overlays.ec2_backups import Ec2Backups

SNAPSHOT_FILTERS = {
    "owner-id": "OwnerId",
    "snapshot-id": "SnapshotId",
    "volume-id": "VolumeId",
    "status": "State",
    "description": "Description",
    "encrypted": "Encrypted",
    "volume-size": "VolumeSize",
    "progress": "Progress",
}
IMAGE_FILTERS = {"image-id": "ImageId", "name": "Name", "state": "State", "owner-id": "OwnerId", "is-public": "Public"}


class Ec2Storage(Ec2Backups):
    """The storage operations, with real pages."""

    def describe_volumes(self) -> ActionResult:
        """Volumes with their attachments."""
        found = self.ec2_backend.describe_volumes(
            volume_ids=self.call.parameters.get("VolumeIds") or [], filters=self._filters_from_querystring()
        )
        for volume in found:
            volume.size = self.simulation.volumes.size(volume.id, volume.size)
            for attachment in volume.attachments:
                device = attachment.instance.block_device_mapping.get(attachment.device)
                attachment.delete_on_termination = bool(device and device.delete_on_termination)
        rows, token = self.page(list(found), size="MaxResults", token="NextToken", default=1000, least=5)
        return ActionResult({"Volumes": rows, "NextToken": token})

    def modify_volume(self) -> ActionResult:
        """Make a volume bigger; its new size can be used some seconds later."""
        self.error_on_dryrun()
        volume, size = self.ec2_backend.get_volume(self.call.parameters["VolumeId"]), self.call.parameters.get("Size")
        if not size:
            raise NotImplementedError
        volumes = self.simulation.volumes
        now = volumes.size(volume.id, volume.size)
        if volumes.state(volume.id) in ("modifying", "optimizing"):
            words = f"Volume {volume.id} cannot be modified in modification state {volumes.state(volume.id).upper()}"
            raise AwsError("IncorrectModificationState", words)
        if int(size) < now:
            raise AwsError("InvalidParameterValue", "New size cannot be smaller than existing size")
        volumes.grow(volume.id, now, int(size), self.now)
        return ActionResult({"VolumeModification": volumes.shown(volume.id)})

    def describe_volumes_modifications(self) -> ActionResult:
        """The last modification of each volume that had one."""
        wanted = self._filters_from_querystring().get("volume-id") or list(self.ec2_backend.volumes)
        shown = [self.simulation.volumes.shown(volume_id) for volume_id in wanted]
        rows, token = self.page(
            [row for row in shown if row], size="MaxResults", token="NextToken", default=500, least=5
        )
        return ActionResult({"VolumesModifications": rows, "NextToken": token})

    def describe_snapshots(self) -> ActionResult:
        """The account's own snapshots; others' are not simulated."""
        parameters = self.call.parameters
        rows = self._nightly_snapshots() + self._made_snapshots() + self.snapshots_by_hand()
        rows = [row for row in rows if not self.simulation.made.is_gone(row["SnapshotId"])]
        if parameters.get("SnapshotIds"):
            known = {row["SnapshotId"] for row in rows}
            for snapshot_id in parameters["SnapshotIds"]:
                if snapshot_id not in known:
                    words = f"The snapshot '{snapshot_id}' does not exist."
                    raise AwsError("InvalidSnapshot.NotFound", words)
            rows = [row for row in rows if row["SnapshotId"] in parameters["SnapshotIds"]]
        rows = [row for row in rows if matches(row, self._filters_from_querystring(), SNAPSHOT_FILTERS)]
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=1000, least=5)
        return ActionResult({"Snapshots": rows, "NextToken": token})

    def describe_images(self) -> ActionResult:
        """The account's own images."""
        wanted, filters = self.call.parameters.get("ImageIds") or [], self._filters_from_querystring()
        known = self._nightly_images() + self.images_by_hand()
        rows: list[Any] = [row for row in known if not wanted or row["ImageId"] in wanted]
        left = [image_id for image_id in wanted if image_id not in {row["ImageId"] for row in rows}]
        rows = [row for row in rows if matches(row, filters, IMAGE_FILTERS)]
        if left or not wanted:
            rows += self.ec2_backend.describe_images(ami_ids=left, filters=filters, owners=["self"])
        rows, token = self.page(rows, size="MaxResults", token="NextToken", default=1000)
        return ActionResult({"Images": rows, "NextToken": token})

    def describe_addresses(self) -> ActionResult:
        """Elastic IP addresses, with the place they are announced from."""
        result = super().describe_addresses()
        for address in result.result["Addresses"]:
            address.public_ipv4_pool, address.network_border_group = "amazon", self.call.region
        return result

    def describe_security_groups(self) -> ActionResult:
        """Security groups with their rules."""
        result = super().describe_security_groups().result
        rows, token = self.page(
            list(result["SecurityGroups"]), size="MaxResults", token="NextToken", default=1000, least=5
        )
        return ActionResult({"SecurityGroups": rows, "NextToken": token})

    def describe_security_group_rules(self) -> ActionResult:
        """Security group rules, one row each."""
        result = super().describe_security_group_rules().result
        for rule in result["SecurityGroupRules"]:
            rule.group_owner_id = self.call.account
        rows, token = self.page(
            list(result["SecurityGroupRules"]), size="MaxResults", token="NextToken", default=1000, least=5
        )
        return ActionResult({"SecurityGroupRules": rows, "NextToken": token})

    def _nightly_snapshots(self) -> list[dict[str, Any]]:
        if self.place is None:
            return []
        return [
            _snapshot(self.place, server, backup, volume_id, self.ec2_backend.volumes[volume_id], self.now)
            for server in self.place.servers
            for backup in self._kept(server)
            for volume_id in server.volume_ids
            if volume_id in self.ec2_backend.volumes
        ]

    def _kept(self, server: ServerRecord) -> list[Backup]:
        kept = self.simulation.nights.kept_of_server(server, self.now)
        weekly = self.simulation.nights.weekly_images(server.place, self.now)
        nights = {backup.night for backup in kept}
        return kept + [backup for backup in weekly if backup.record is server and backup.night not in nights]

    def _made_snapshots(self) -> list[dict[str, Any]]:
        return [
            {
                "SnapshotId": snapshot.id,
                "VolumeId": snapshot.volume.id,
                "State": snapshot.status,
                "StartTime": snapshot.start_time,
                "Progress": "100%",
                "OwnerId": self.call.account,
                "Description": snapshot.description or "",
                "VolumeSize": snapshot.volume.size,
                "Encrypted": snapshot.encrypted,
                "StorageTier": "standard",
                "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in snapshot.get_tags()],
            }
            for snapshot in self.ec2_backend.snapshots.values()
            if snapshot.owner_id == self.call.account
        ]

    def _nightly_images(self) -> list[dict[str, Any]]:
        place = self.place
        if place is None:
            return []
        nights = self.simulation.nights
        backups = list(nights.weekly_images(place, self.now))
        if place.environment.backup == "aws-backup":
            backups = [backup for server in place.servers for backup in nights.kept_of_server(server, self.now)]
        gone = self.simulation.made.is_gone
        return [_image(place, backup, self.now) for backup in backups if not gone(backup.image_id)]


def _snapshot(
    place: Place, server: ServerRecord, backup: Backup, volume_id: str, volume: Any, at: dt.datetime
) -> dict[str, Any]:
    progress = backup.progress(at)
    by_service = place.environment.backup == "aws-backup"
    tags = [{"Key": "Name", "Value": f"{server.spec.name} {backup.night}"}]
    if by_service:
        description = "This snapshot is created by the AWS Backup service."
        arn = f"arn:aws:ec2:{place.region}:{place.account}:instance/{server.instance_id}"
        tags.append({"Key": "aws:backup:source-resource", "Value": arn})
    else:
        description = f"Created for policy: policy-{resource_id('p', place.account)[2:]} schedule: nightly"
        tags.append({"Key": "aws:dlm:lifecycle-policy-id", "Value": f"policy-{resource_id('p', place.account)[2:]}"})
        tags.append({"Key": "instance-id", "Value": server.instance_id})
    return {
        "SnapshotId": backup.snapshot_id(volume_id),
        "VolumeId": volume_id,
        "State": "completed" if progress == 100 else "pending",
        "StartTime": backup.started,
        "CompletionTime": backup.ends if progress == 100 else None,
        "Progress": f"{progress}%",
        "OwnerId": place.account,
        "Description": description,
        "VolumeSize": volume.size,
        "Encrypted": volume.encrypted,
        "StorageTier": "standard",
        "FullSnapshotSizeInBytes": int(volume.size * 1024**3 * 0.4) + stable_number(volume_id) % 10**8,
        "Tags": tags,
    }


def _image(place: Place, backup: Backup, at: dt.datetime) -> dict[str, Any]:
    server = backup.record
    by_service = place.environment.backup == "aws-backup"
    name = (
        f"AwsBackup_{server.instance_id}_{backup.job_id}" if by_service else f"{server.spec.name}-weekly-{backup.night}"
    )
    return {
        "ImageId": backup.image_id,
        "Name": name,
        "ImageLocation": f"{place.account}/{name}",
        "Description": "This image is created by the AWS Backup service."
        if by_service
        else f"weekly image of {server.spec.name}",
        "State": "available" if backup.progress(at) == 100 else "pending",
        "OwnerId": place.account,
        "CreationDate": backup.started,
        "Public": False,
        "Architecture": "x86_64",
        "ImageType": "machine",
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs",
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "EnaSupport": True,
        "BootMode": "uefi-preferred",
        "ImdsSupport": "v2.0",
        "SourceInstanceId": server.instance_id,
        "BlockDeviceMappings": [
            {
                "DeviceName": device,
                "Ebs": {"SnapshotId": backup.snapshot_id(volume_id), "VolumeType": "gp3", "Encrypted": True},
            }
            for device, volume_id in zip(("/dev/xvda", "/dev/sdf"), server.volume_ids, strict=False)
        ],
        "Tags": [{"Key": "Name", "Value": server.spec.name}],
    }
