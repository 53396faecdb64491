"""Where an embedded server keeps its program and data: in the checkout, or, for root, where others may read."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from opsportal.embedded.processes import Account, StartFailed

# PostgreSQL refuses to run as root, and a checkout of root's is often closed to every other account.
_SHARED = Path("/var/tmp")
_LESSER_ACCOUNTS = ("postgres", "nobody")


def runs_as_root() -> bool:
    """Whether this process is root (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def lesser_account() -> Account | None:
    """The account that PostgreSQL runs as when this process is root; None for a plain user."""
    if not runs_as_root():
        return None
    for name in _LESSER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user=entry.pw_uid, group=entry.pw_gid)
    raise StartFailed(
        "PostgreSQL does not run as root, and this machine has neither the account 'postgres' nor 'nobody'.\n"
        "Run as a plain user, or give DATABASE_URL."
    )


def shared_folder(base: Path) -> Path:
    """Root's folder for one checkout, keyed by its path: two checkouts never meet in it."""
    key = hashlib.sha256(os.fsencode(base.resolve())).hexdigest()[:12]
    return _SHARED / f"opsportal-{key}"


def prepare_shared_folder(base: Path) -> Path:
    """Root's folder, made when absent; refused when another account put something in its place."""
    folder = shared_folder(base)
    try:
        folder.mkdir(mode=0o755)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise StartFailed(
                f"{folder} should be a folder of root's that nobody else can write to, but is not.\n"
                "Look at what it is and remove it, or give DATABASE_URL."
            ) from None
    # mkdir obeys the umask, and the lesser account must be able to enter.
    folder.chmod(0o755)
    (folder / "checkout").write_text(f"{base.resolve()}\n", encoding="utf-8")
    return folder


def copy_program(source: Path, companions: list[Path], target: Path) -> Path:
    """A copy of a program's tree that every account can read, made once and whole; the tree's new place."""
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        for tree in (source, *(tree for tree in companions if tree.exists())):
            shutil.copytree(tree, draft / tree.name)
        _open_for_reading(draft)
        try:
            draft.rename(target)
        except OSError:
            # Another start of the same checkout was quicker.
            shutil.rmtree(draft)
    return target / source.name


def _open_for_reading(tree: Path) -> None:
    for folder, _subfolders, files in os.walk(tree):
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
