"""Loaded before pytest-django reads the settings: the servers of the session are there by then."""

from tests import services

services.provide()
