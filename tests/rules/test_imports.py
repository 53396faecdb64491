"""Who may import whom: arrows point downward, each module stays on its floor."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Lower floors first; a module may import its own floor and those below it.
FLOORS = [
    {
        "opsportal.aws",
        "opsportal.web",
        "opsportal.work",
        "opsportal.doorbell",
        "opsportal.holders",
        "opsportal.outward",
        "opsportal.business_time",
    },
    {"customers"},
    {"maintenance"},
    {"incidents"},
    {"opsportal.overview"},
]
APPS = ("customers", "maintenance", "incidents")
HTTP_SIDE = {"views", "forms", "urls", "admin"}


def _modules(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _floor(name: str) -> int | None:
    for number, packages in enumerate(FLOORS):
        if any(_within(name, package) for package in packages):
            return number
    return None


ALL = _modules("opsportal", *APPS)


def test_no_module_imports_a_higher_floor():
    wrong = [
        f"{_name(path)} → {imported}"
        for path in ALL
        if (own := _floor(_name(path))) is not None
        for imported in _imports(path)
        if (other := _floor(imported)) is not None and other > own
    ]
    assert wrong == []


def test_boto3_is_imported_by_the_gateway_alone():
    wrong = [
        _name(path)
        for path in ALL
        if not _within(_name(path), "opsportal.sandbox")
        and any(_within(imported, "boto3") for imported in _imports(path))
    ]
    assert wrong == ["opsportal.aws.boto"]


def test_the_web_tier_does_not_even_load_what_could_call_aws():
    settings = {
        "SECRET_KEY": "for-tests-only", "SECRET_RING": "tests:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal", "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    script = "import sys, opsportal.wsgi; print(*{name.partition('.')[0] for name in sys.modules})"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 0, told.stderr
    loaded = set(told.stdout.split())
    assert {"customers", "maintenance", "incidents"} <= loaded
    assert not loaded & {"boto3", "botocore", "s3transfer"}


def test_addresses_that_people_give_have_one_way_out():
    # The staff's directory is named by a setting, not by people.
    doors = {"opsportal.outward", "customers.staff_directory", "customers.visits"}
    wrong = [
        f"{_name(path)} → {imported}"
        for path in _modules("opsportal/web", "opsportal/overview", "opsportal/aws", *APPS)
        for imported in _imports(path)
        if _name(path) not in doors
        and any(_within(imported, way) for way in ("httpcore", "httpx", "urllib.request", "http.client", "socket"))
    ]
    assert wrong == []


def test_the_sandbox_is_imported_by_nothing_else():
    wrong = [
        f"{_name(path)} → {imported}"
        for path in ALL
        if not _within(_name(path), "opsportal.sandbox") and not _within(_name(path), "opsportal.bench")
        for imported in _imports(path)
        if _within(imported, "opsportal.sandbox")
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_domain_modules_know_neither_requests_nor_celery(app):
    wrong = [
        f"{_name(path)} → {imported}"
        for path in _modules(app)
        if not HTTP_SIDE & set(path.relative_to(ROOT).with_suffix("").parts)
        and path.stem not in ("access", "acting", "middleware")
        for imported in _imports(path)
        if _within(imported, "celery") or _within(imported, "opsportal.celery") or _within(imported, "django.http")
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_apps_use_each_others_domain_and_models_only(app):
    wrong = [
        f"{_name(path)} → {imported}"
        for path in ALL
        for imported in _imports(path)
        if not _within(_name(path), app)
        and any(_within(imported, f"{app}.{side}") for side in HTTP_SIDE)
        and _name(path) != "opsportal.urls"
    ]
    assert wrong == []


def test_views_start_from_the_door_and_never_from_objects():
    wrong = [
        f"{_name(path)}:{node.lineno}"
        for path in ALL
        if "views" in path.relative_to(ROOT).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    assert wrong == []


def test_views_and_models_never_open_aws():
    wrong = [
        f"{_name(path)} → {imported}"
        for path in ALL
        if {"views", "models", "forms"} & set(path.relative_to(ROOT).with_suffix("").parts)
        for imported in _imports(path)
        if _within(imported, "opsportal.aws") or imported == "customers.environments.open_aws"
    ]
    assert wrong == []


def test_the_clock_of_the_business_is_read_in_one_place():
    wrong = [
        f"{_name(path)}:{node.lineno}"
        for path in _modules(*APPS, "opsportal/overview", "opsportal/web")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and not (isinstance(node.value, ast.Name) and node.value.id == "business_time")
    ]
    assert wrong == []
