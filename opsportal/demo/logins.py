"""Who can log in to the sample world: one of each role, and every other customer's owner."""

PASSWORD = "opsportal-demo"

_STAFF = [
    ("管理者", "admin", "admin@opsportal.example"),
    ("運用担当者", "operator", "operator@opsportal.example"),
]
_ROLES_OF_ONE_CUSTOMER = [
    ("サイト責任者", "owner", "owner@aoba.example"),
    ("承認者", "approver", "approver@aoba.example"),
    ("アプリ開発者", "developer", "developer@aoba.example"),
    ("閲覧者", "viewer", "viewer@aoba.example"),
]
_OTHER_OWNERS = ("hokuto", "minato", "sakurai", "kazami", "marunouchi")


def logins() -> list[tuple[str, str, str]]:
    """Role in Japanese, role in English, e-mail address."""
    owners = [("サイト責任者", f"owner of {slug}", f"owner@{slug}.example") for slug in _OTHER_OWNERS]
    return [*_STAFF, *_ROLES_OF_ONE_CUSTOMER, *owners]
