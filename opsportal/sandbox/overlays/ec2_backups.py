"""Images and snapshots that are made and deleted by hand."""

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from opsportal.sandbox.overlays.answering import Answering, AwsError


class Ec2Backups(Answering):
    """The operations that make and delete backups of servers."""

    def create_image(self) -> ActionResult:
        """Begin an image under a name that none has yet."""
        given, made = self.call.parameters, self.simulation.made
        server = self.simulation.estate.server(given["InstanceId"])
        if server is None:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{given['InstanceId']}' does not exist")
        if any(row["name"] == given["Name"] for row in made.images(self.call.account)):
            raise AwsError("InvalidAMIName.Duplicate", f"AMI name {given['Name']} is already in use by an AMI")
        image_id = made.image(self.call.account, server.instance_id, given["Name"], server.volume_ids, self.now)
        return ActionResult({"ImageId": image_id})

    def deregister_image(self) -> EmptyResult:
        """An image is gone; its snapshots stay."""
        image_id = self.call.parameters["ImageId"]
        if image_id not in {row["ImageId"] for row in self._nightly_images() + self.images_by_hand()}:
            raise AwsError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
        self.simulation.made.delete(image_id)
        return EmptyResult()

    def delete_snapshot(self) -> EmptyResult:
        """A snapshot is gone, unless an image is made of it."""
        snapshot_id = self.call.parameters["SnapshotId"]
        rows = self._nightly_snapshots() + self._made_snapshots() + self.snapshots_by_hand()
        if snapshot_id not in {row["SnapshotId"] for row in rows}:
            raise AwsError("InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist.")
        for image in self._nightly_images() + self.images_by_hand():
            if snapshot_id in {device["Ebs"]["SnapshotId"] for device in image["BlockDeviceMappings"]}:
                words = f"The snapshot {snapshot_id} is currently in use by {image['ImageId']}"
                raise AwsError("InvalidSnapshot.InUse", words)
        self.simulation.made.delete(snapshot_id)
        return EmptyResult()

    def create_volume(self) -> ActionResult:
        """A new volume out of a snapshot; the same token gives the same volume again."""
        given = self.call.parameters
        for volume in self.ec2_backend.volumes.values():
            if given.get("ClientToken") and getattr(volume, "client_token", "") == given["ClientToken"]:
                return ActionResult(volume)
        rows = self._nightly_snapshots() + self._made_snapshots() + self.snapshots_by_hand()
        snapshot = next((row for row in rows if row["SnapshotId"] == given.get("SnapshotId")), None)
        if snapshot is None or self.simulation.made.is_gone(snapshot["SnapshotId"]):
            raise AwsError("InvalidSnapshot.NotFound", f"The snapshot '{given.get('SnapshotId')}' does not exist.")
        volume = self.ec2_backend.create_volume(
            size=snapshot["VolumeSize"], zone_name=given["AvailabilityZone"], volume_type="gp3", encrypted=True
        )
        volume.snapshot_id, volume.create_time = snapshot["SnapshotId"], self.now
        volume.client_token = given.get("ClientToken", "")
        for tags in given.get("TagSpecifications", []):
            volume.add_tags({tag["Key"]: tag["Value"] for tag in tags["Tags"]})
        return ActionResult(volume)

    def images_by_hand(self) -> list[dict[str, Any]]:
        """Images that were asked for, as DescribeImages tells them."""
        made = self.simulation.made
        return [
            {
                "ImageId": row["id"],
                "Name": row["name"],
                "ImageLocation": f"{self.call.account}/{row['name']}",
                "State": "available" if made.is_whole(row, self.now) else "pending",
                "OwnerId": self.call.account,
                "CreationDate": dt.datetime.fromisoformat(row["at"]),
                "Public": False,
                "RootDeviceName": "/dev/xvda",
                "RootDeviceType": "ebs",
                "SourceInstanceId": row["instance"],
                "BlockDeviceMappings": [
                    {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot_id}}
                    for snapshot_id in row["snapshots"].values()
                ],
                "Tags": [],
            }
            for row in made.images(self.call.account)
        ]

    def snapshots_by_hand(self) -> list[dict[str, Any]]:
        """The snapshots that those images are made of."""
        made = self.simulation.made
        return [
            {
                "SnapshotId": snapshot_id,
                "VolumeId": volume_id,
                "State": "completed" if made.is_whole(row, self.now) else "pending",
                "StartTime": dt.datetime.fromisoformat(row["at"]),
                "Progress": "100%" if made.is_whole(row, self.now) else "50%",
                "OwnerId": self.call.account,
                "Description": f"Created by CreateImage({row['instance']}) for {row['id']}",
                "VolumeSize": self.ec2_backend.volumes[volume_id].size,
                "Encrypted": True,
                "StorageTier": "standard",
                "Tags": [],
            }
            for row in made.all_images(self.call.account)
            for volume_id, snapshot_id in row["snapshots"].items()
            if volume_id in self.ec2_backend.volumes
        ]
