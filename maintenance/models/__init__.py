"""The nouns of this app, one module each."""

from maintenance.models.approval import Answer, Approval, ApprovalLink
from maintenance.models.backup import Backup
from maintenance.models.change import Change, Freeze, Step
from maintenance.models.lifecycle import EngineLifecycle, EngineTarget
from maintenance.models.notice import Notice
from maintenance.models.reminder import Reminder

__all__ = [
    "Answer",
    "Approval",
    "ApprovalLink",
    "Backup",
    "Change",
    "EngineLifecycle",
    "EngineTarget",
    "Freeze",
    "Notice",
    "Reminder",
    "Step",
]
