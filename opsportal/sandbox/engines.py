"""What RDS says about MySQL versions and certificate authorities."""

import datetime as dt
from typing import Any


def _day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _lifecycle(name: str, start: str, end: str) -> dict[str, Any]:
    return {
        "LifecycleSupportName": f"open-source-rds-{name}-support",
        "LifecycleSupportStartDate": _day(start),
        "LifecycleSupportEndDate": _day(end),
    }


def _major(version: str, standard: tuple[str, str], extended: tuple[str, str]) -> dict[str, Any]:
    return {
        "Engine": "mysql",
        "MajorEngineVersion": version,
        "SupportedEngineLifecycles": [_lifecycle("standard", *standard), _lifecycle("extended", *extended)],
    }


MAJOR_VERSIONS = [
    _major("5.7", ("2016-02-22", "2024-02-29"), ("2024-03-01", "2027-02-28")),
    _major("8.0", ("2018-10-23", "2026-07-31"), ("2026-08-01", "2029-07-31")),
    _major("8.4", ("2024-11-21", "2029-07-31"), ("2029-08-01", "2032-07-31")),
]


def _target(version: str, major: bool = False, auto: bool = False) -> dict[str, Any]:
    return {
        "Engine": "mysql",
        "EngineVersion": version,
        "Description": f"MySQL {version}",
        "AutoUpgrade": auto,
        "IsMajorVersionUpgrade": major,
    }


def _version(version: str, targets: list[dict[str, Any]]) -> dict[str, Any]:
    major = version.rsplit(".", 1)[0]
    return {
        "Engine": "mysql",
        "EngineVersion": version,
        "MajorEngineVersion": major,
        "DBParameterGroupFamily": f"mysql{major}",
        "DBEngineDescription": "MySQL Community Edition",
        "DBEngineVersionDescription": f"MySQL {version}",
        "ValidUpgradeTarget": targets,
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "Status": "available",
    }


ENGINE_VERSIONS = [
    _version("8.0.42", [_target("8.0.43"), _target("8.0.44", auto=True), _target("8.4.6", major=True)]),
    _version("8.0.43", [_target("8.0.44", auto=True), _target("8.4.6", major=True)]),
    _version("8.0.44", [_target("8.4.6", major=True), _target("8.4.7", major=True)]),
    _version("8.4.5", [_target("8.4.6"), _target("8.4.7", auto=True)]),
    _version("8.4.6", [_target("8.4.7", auto=True)]),
    _version("8.4.7", []),
]


def _certificate(identifier: str, begin: str, end: str) -> dict[str, Any]:
    return {
        "CertificateIdentifier": identifier,
        "CertificateType": "CA",
        "Thumbprint": identifier.encode().hex()[:40],
        "ValidFrom": _day(begin),
        "ValidTill": _day(end),
        "CustomerOverride": False,
    }


CERTIFICATES = [
    _certificate("rds-ca-2019", "2019-08-22", "2027-02-18"),
    _certificate("rds-ca-rsa2048-g1", "2021-05-25", "2061-05-22"),
    _certificate("rds-ca-rsa4096-g1", "2021-05-25", "2121-05-22"),
    _certificate("rds-ca-ecc384-g1", "2021-05-25", "2121-05-22"),
]
