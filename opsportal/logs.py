"""Log lines as JSON on standard error, with anything that looks like a credential taken out."""

import json
import logging
import re
import time

_SECRETS = re.compile(
    r"(?i)(aws_?secret_?access_?key|secret_?key|session_?token|security-token|external_?id|password|authorization)"
    r"(['\"]?\s*[:=]\s*['\"]?)([^\s'\",&}]+)"
)
_ACCESS_KEYS = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b")


def without_secrets(text: str) -> str:
    """The text with the values of known secret names and all AWS access keys replaced."""
    return _ACCESS_KEYS.sub(r"\1***", _SECRETS.sub(r"\1\2***", text))


class NoSecrets(logging.Filter):
    """Cleans a record before any handler formats it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_secrets(record.getMessage())
        record.args = None
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time in UTC, level, logger, message, and the traceback when there is one."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
