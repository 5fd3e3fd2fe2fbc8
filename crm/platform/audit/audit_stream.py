"""The audit log as a stream of JSON lines, for a program that collects logs: into a file, to the standard output, or by
syslog (LEADWELL_AUDIT_LOG). What is sent over TLS waits in a table instead (crm/platform/audit/stream_follower.py).

Nothing here waits for a receiver: a file is on this machine, and syslog is sent as datagrams to an address that needs no
look-up. A line that can't be written is reported in the main log, and the table has its entry.
"""

import json
import logging
import sys
from functools import partial
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from crm.platform.server.private_file import PrivateFile

RECEIVERS = ("syslog+tls", "https")

log = logging.getLogger("leadwell.audit")
failures = logging.getLogger(__name__)

SYSLOG_PORT = 514


def is_receiver(where: str) -> bool:
    """Whether a valid LEADWELL_AUDIT_LOG is the address of a receiver that entries wait for."""
    return where.partition("://")[0] in RECEIVERS


def build_audit_handler(where: str) -> logging.Handler:
    """The handler for a valid LEADWELL_AUDIT_LOG; one that does nothing for ''."""
    if not where or is_receiver(where):
        return logging.NullHandler()
    if where == "stdout":
        return logging.StreamHandler(sys.stdout)
    if where.startswith("syslog://"):
        parts = urlsplit(where)
        return SysLogHandler((parts.hostname or "", parts.port or SYSLOG_PORT), SysLogHandler.LOG_AUTH)
    return PrivateFile(Path(where), encoding="utf-8", delay=True)


def send_line_on_commit(values: dict[str, Any]) -> None:
    """One line, once its transaction is committed; a rolled-back entry isn't in the stream."""
    if not settings.AUDIT_LOG or is_receiver(settings.AUDIT_LOG):
        return
    line = json.dumps(values, default=str)
    if connection.in_atomic_block:
        transaction.on_commit(partial(_log_line, line))
    else:
        _log_line(line)


def _log_line(line: str) -> None:
    try:
        log.info(line)
    except OSError:
        # The file can't be opened.
        failures.warning("The stream of the audit log can't be written", exc_info=True)
