"""What every answering class shares: the simulation, the call, its time and place, and pages that are real."""

import base64
import datetime as dt
from fnmatch import fnmatchcase
from typing import Any

from opsportal.sandbox.calls import Call
from opsportal.sandbox.estate import Place
from opsportal.sandbox.simulation import Simulation


class AwsError(Exception):
    """An error of AWS by its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        # RDS answers 404 for what does not exist, most others 400.
        missing = code in ("ResourceNotFoundFault", "DBInstanceNotFound", "DBSnapshotNotFound")
        # EC2 calls a lack of capacity its own fault.
        self.status = 404 if missing else 500 if code == "InsufficientInstanceCapacity" else 400


class Answering:
    """Mixed into moto's response classes: account and region come from the call, not from headers and hosts."""

    simulation: Simulation
    call: Call

    def get_current_account(self) -> str:
        """The account that the caller acts in (called by moto)."""
        return self.call.account

    def get_region_from_url(self, request: Any, full_url: str) -> str:
        """The region that the request was signed for (called by moto)."""
        return self.call.region

    @property
    def now(self) -> dt.datetime:
        """The sandbox's present."""
        return self.simulation.clock.now()

    @property
    def place(self) -> Place | None:
        """What of the world runs in the account and region called, if anything does."""
        return self.simulation.estate.at(self.call.account, self.call.region)

    def page(
        self, rows: list[Any], *, size: str, token: str, default: int, least: int = 1
    ) -> tuple[list[Any], str | None]:
        """One page of the rows and the token of the next; `size` and `token` name the request's parameters."""
        asked = self.call.parameters.get(size)
        length = int(asked) if asked else default
        if asked and length < least:
            raise AwsError("InvalidParameterValue", f"Value ( {asked} ) for parameter {size} is invalid.")
        for condition in self.simulation.conditions.open("small-pages", self.call.account):
            length = min(length, condition.facts["size"])
        begin = _read_token(self.call.parameters.get(token), len(rows))
        end = begin + length
        return rows[begin:end], (_write_token(end) if end < len(rows) else None)


def moment(value: Any) -> dt.datetime | None:
    """A time from a request, aware: moto hands over UTC without saying so, or text."""
    if value is None or value == "":
        return None
    read = dt.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


class Completed:
    """An object of moto with members that it leaves out or tells wrongly, in moto's snake-case spelling."""

    def __init__(self, original: Any, **members: Any) -> None:
        self._original = original
        self.__dict__.update(members)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


def matches(row: dict[str, Any], filters: dict[str, list[str]], fields: dict[str, str]) -> bool:
    """Whether a row passes EC2's filters; `fields` names the row's member for each filter, tag: works everywhere."""
    tags = {tag["Key"]: tag["Value"] for tag in row.get("Tags", [])}
    for name, wanted in filters.items():
        if name.startswith("tag:"):
            values = [tags.get(name.removeprefix("tag:"), "")]
        elif name == "tag-key":
            values = list(tags)
        elif name in fields:
            values = [row[fields[name]]]
        else:
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not any(fnmatchcase(_text(value), pattern) for value in values for pattern in wanted):
            return False
    return True


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write_token(begin: int) -> str:
    return base64.urlsafe_b64encode(f"next:{begin}".encode()).decode()


def _read_token(token: str | None, length: int) -> int:
    if not token:
        return 0
    try:
        begin = int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("next:"))
    except ValueError:
        begin = -1
    if not 0 < begin < length:
        raise AwsError("InvalidParameterValue", "The pagination token is invalid or has expired")
    return begin
