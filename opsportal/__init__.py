"""The portal's project: the AWS gateway and web kit at the bottom, overview and URLs at the top."""

from opsportal.celery import app as celery_app

__all__ = ["celery_app"]
