"""Which resource is which: the ids that AWS knows, next to the words of the sample world."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from opsportal.sandbox import world


@dataclass
class ServerRecord:
    """An instance of the world with its AWS ids; `volume_ids` begin with the root volume."""

    spec: world.Server
    place: "Place"
    instance_id: str
    volume_ids: list[str]
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.instance_id


@dataclass
class DatabaseRecord:
    """A database of the world; its identifier is its name."""

    spec: world.Database
    place: "Place"
    arn: str
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = f"{self.place.account}/{self.spec.name}"


@dataclass
class Place:
    """One account and region, and everything of the world that runs there."""

    customer: world.Customer
    environment: world.Environment
    servers: list[ServerRecord] = field(default_factory=list)
    databases: list[DatabaseRecord] = field(default_factory=list)
    load_balancer_arn: str = ""
    target_group_arn: str = ""

    @property
    def account(self) -> str:
        """The AWS account."""
        return self.environment.account

    @property
    def region(self) -> str:
        """The AWS region."""
        return self.environment.region

    @property
    def site_path(self) -> str:
        """Where its web site answers, under the address of the sites."""
        return f"/{self.customer.slug}-{self.environment.slug}/"


class Estate:
    """All places of the world."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Place] = {}

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def add(self, place: Place) -> None:
        """One more place; an account may appear in several regions."""
        self._places[place.account, place.region] = place

    def at(self, account: str, region: str) -> Place | None:
        """The place of that account and region, if anything of the world runs there."""
        return self._places.get((account, region))

    def server(self, instance_id: str) -> ServerRecord | None:
        """The server with that instance id."""
        return next((s for place in self for s in place.servers if s.instance_id == instance_id), None)

    def database(self, account: str, name: str) -> DatabaseRecord | None:
        """The database with that identifier in an account."""
        return next((d for place in self for d in place.databases if d.key == f"{account}/{name}"), None)
