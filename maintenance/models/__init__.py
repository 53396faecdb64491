"""The nouns of this app, one module each."""

from maintenance.models.backup import Backup
from maintenance.models.lifecycle import EngineLifecycle
from maintenance.models.notice import Notice

__all__ = ["Backup", "EngineLifecycle", "Notice"]
