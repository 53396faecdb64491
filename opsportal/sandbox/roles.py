"""Remembers the roles that customers made, so that a restarted sandbox still lets the portal in."""

from moto.iam.models import iam_backends

from opsportal.sandbox.simulation import Simulation


def keep_roles(simulation: Simulation, account: str) -> None:
    """Write down the roles of an account, after something in its IAM changed."""
    simulation.store.data["roles"][account] = [
        {
            "name": role.name,
            "path": role.path,
            "trust": role.assume_role_policy_document,
            "session_seconds": role.max_session_duration,
            "policies": dict(role.policies),
        }
        for role in iam_backends[account]["aws"].roles.values()
    ]
    simulation.store.save()


def restore_roles(simulation: Simulation) -> None:
    """Make again the roles that were written down."""
    for account, roles in simulation.store.data["roles"].items():
        backend = iam_backends[account]["aws"]
        for row in roles:
            role = backend.create_role(row["name"], row["trust"], row["path"], None, "", [], row["session_seconds"])
            role.policies.update(row["policies"])
