"""What a sample world consists of: customers, their environments, what runs there, who may log in. Pure data."""

import datetime as dt
from dataclasses import dataclass, field

PORTAL_ACCOUNT = "123456789012"
ROLE_NAME = "OpsPortalRead"
ACT_ROLE_NAME = "OpsPortalAct"


@dataclass(frozen=True)
class Rhythm:
    """How busy something is: percent of CPU when quiet and when busiest, and when that is.

    `busy` names a day's curve: office (weekdays 9-18), evening (lunch, 20-23), daytime (10-17, weekends more), flat.
    """

    quiet: float = 4.0
    busiest: float = 45.0
    busy: str = "evening"


@dataclass(frozen=True)
class Disk:
    """A root disk: its size in GiB, how full it was when the world began, and how many points it gains a day."""

    gib: int = 30
    used_percent: float = 41.0
    growth_per_day: float = 0.05


@dataclass(frozen=True)
class Server:
    """One EC2 instance by its Name tag; `belongs_to` is its Environment tag where it is not its environment's own."""

    name: str
    instance_type: str = "t3.small"
    zone: str = "a"
    job: str = "web"
    elastic_address: bool = False
    memory_percent: float = 52.0
    disk: Disk = Disk()
    data_disk_gib: int = 0
    platform_version: str = "2023.9.20261110"
    belongs_to: str = ""


@dataclass(frozen=True)
class Database:
    """One RDS for MySQL instance; windows are UTC as AWS writes them."""

    name: str
    instance_class: str = "db.t4g.small"
    engine_version: str = "8.4.6"
    storage_gib: int = 50
    storage_limit_gib: int = 100
    multi_az: bool = False
    retention_days: int = 7
    backup_window: str = "17:00-17:30"
    maintenance_window: str = "sat:19:00-sat:19:30"
    certificate: str = "rds-ca-rsa2048-g1"
    certificate_valid_till: dt.date = dt.date(2061, 5, 22)
    auto_minor_upgrade: bool = True
    used_percent: float = 38.0
    growth_per_day: float = 0.04
    busiest_connections: int = 60


@dataclass(frozen=True)
class Site:
    """The simulated web site of an environment, in the customer's own words."""

    title: str
    tagline: str
    accent: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """A scenario that is already under way when the world begins."""

    scenario: str
    server: str = ""
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """One AWS account and region of a customer.

    `backup` is how servers are saved: aws-backup, snapshots, or images (snapshots and a weekly image besides).
    `withheld_actions` are those that the customer's role does not allow; `past_gaps` are (server, nights ago) without
    a backup, counted from the beginning of the world.
    """

    slug: str
    name: str
    account: str
    site: Site
    servers: tuple[Server, ...]
    databases: tuple[Database, ...] = ()
    region: str = "ap-northeast-1"
    rhythm: Rhythm = Rhythm()
    load_balancer: bool = False
    backup: str = "snapshots"
    backup_hour_utc: int = 18
    retention_days: int = 7
    ssh_from: str = "203.0.113.0/24"
    withheld_actions: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    past_gaps: tuple[tuple[str, int], ...] = ()
    stage: str = "production"
    agreed_retention_days: int = 7


@dataclass(frozen=True)
class Person:
    """Somebody of a customer: `role` as the portal's roles, empty for a contact who does not log in."""

    name: str
    kana: str
    mail: str
    role: str = ""
    title: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Special:
    """Days of each year, `first` as MM-DD, that are closed or a blackout for planned work."""

    kind: str
    first: str
    days: int
    name: str


@dataclass(frozen=True)
class Customer:
    """Who pays, what they agreed and whom to call. Hours are local (Asia/Tokyo); days count from Monday = 0.

    `plan` is full_support, incident_only or notify_only; `night_choice` is recover_first, call_first or notify_only;
    `holidays` is closed, sunday or ordinary. Where `proposal_waits`, another version waits for the owner's signature.
    """

    slug: str
    name: str
    kana: str
    plan: str
    environments: tuple[Environment, ...]
    people: tuple[Person, ...]
    open_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: str = "09:00"
    closes: str = "18:00"
    holidays: str = "closed"
    special: tuple[Special, ...] = ()
    night_choice: str = "call_first"
    night_from: str = "22:00"
    night_until: str = "07:00"
    remarks: str = ""
    proposal_waits: bool = False


@dataclass(frozen=True)
class World:
    """Everything the sandbox simulates and the sample world loads."""

    customers: tuple[Customer, ...]
    staff: tuple[Person, ...] = ()

    def customer(self, slug: str) -> Customer | None:
        """The customer of that slug, if there is one."""
        return next((customer for customer in self.customers if customer.slug == slug), None)
