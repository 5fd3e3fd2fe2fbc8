"""Django's LOGGING: which messages go where, and how their lines look."""

from typing import Any

from crm.platform.configuration.environment import Environment


def build_logging_settings(environment: Environment) -> dict[str, Any]:
    """The console gets warnings and errors; the security log and the audit log have places of their own."""
    as_json = environment.log == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"},
            "json": {"()": "crm.platform.monitoring.json_formatter.JsonLines"},
            "bare": {"format": "%(message)s"},
        },
        "filters": {
            "request": {"()": "crm.platform.web.middleware.request_ids.WithRequestId"},
            "ordinary": {"()": "crm.platform.web.middleware.request_ids.RefusalsAreOrdinary"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "line",
                "filters": ["request"],
            },
            "security": {
                "class": "crm.platform.server.private_file.PrivateFile",
                "formatter": "bare",
                "filename": environment.data / "logs" / "security.jsonl",
                "encoding": "utf-8",
                "delay": True,
            },
            "audit": {
                "()": "crm.platform.audit.audit_stream.build_audit_handler",
                "where": environment.audit_log,
                "formatter": "bare",
            },
        },
        "loggers": {
            "django.request": {"filters": ["ordinary"]},
            "django.security.DisallowedHost": {"filters": ["ordinary"]},
            # Only with JSON lines is there anything in these two (crm/platform/monitoring/request_log_lines.py).
            "leadwell.request": {"level": "INFO"},
            "leadwell.job": {"level": "INFO"},
            "leadwell.audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
            "leadwell.security": {"handlers": ["security"], "level": "INFO", "propagate": False},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
