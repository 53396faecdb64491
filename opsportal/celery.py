"""The doorbell: Celery only tells a worker that a kind of work may have due rows.

Queues are named by consequence: `read` AWS, `act` on AWS, `speak` to people. Each has workers of its own, so that a
slow poll never delays a recovery or a call.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")

app = Celery("opsportal")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(name="drain", expires=30)
def drain(kind: str) -> None:
    """Advance the due rows of one kind of work until none is left; a kind of a newer release is left to its workers."""
    from opsportal import work  # Django's models are ready only once the worker runs

    if kind in work.kinds():
        work.drain(kind, worker=True)
