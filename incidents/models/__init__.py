"""The nouns of this app, one module each."""

from incidents.models.alarm import Alarm

__all__ = ["Alarm"]
