"""What was made or deleted by hand besides the nights' backups: images, databases restored; kept over restarts."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from opsportal.sandbox.ids import resource_id

if TYPE_CHECKING:
    from opsportal.sandbox.simulation import Simulation

IMAGE_TAKES = dt.timedelta(minutes=3)


class Made:
    """Images of servers, and the ids of backups that are gone."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._images: list[dict[str, Any]] = simulation.store.data.setdefault("images", [])
        self._deleted: list[str] = simulation.store.data.setdefault("deleted", [])

    def image(self, account: str, instance_id: str, name: str, volume_ids: list[str], at: dt.datetime) -> str:
        """Begin an image; its id."""
        image_id = resource_id("ami", account, name)
        snapshots = {volume_id: resource_id("snap", volume_id, name) for volume_id in volume_ids}
        self._images.append(
            {
                "id": image_id,
                "account": account,
                "instance": instance_id,
                "name": name,
                "snapshots": snapshots,
                "at": at.isoformat(),
            }
        )
        self._simulation.store.save()
        return image_id

    def images(self, account: str) -> list[dict[str, Any]]:
        """The images of an account that still exist."""
        return [row for row in self._images if row["account"] == account and not self.is_gone(row["id"])]

    def all_images(self, account: str) -> list[dict[str, Any]]:
        """Those too that were deregistered, whose snapshots stay."""
        return [row for row in self._images if row["account"] == account]

    def is_whole(self, image: dict[str, Any], at: dt.datetime) -> bool:
        """Whether the image is complete."""
        return at - dt.datetime.fromisoformat(image["at"]) >= IMAGE_TAKES

    def delete(self, aws_id: str) -> None:
        """A backup is gone for good."""
        self._deleted.append(aws_id)
        self._simulation.store.save()

    def is_gone(self, aws_id: str) -> bool:
        """Whether it was deleted."""
        return aws_id in self._deleted
