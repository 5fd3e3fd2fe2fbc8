"""What else Leadwell deletes by itself, for how long it is kept until then, and where that is decided: for the page of retention and
the record of processing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models.push import MESSAGE_RETENTION as PUSH_KEPT
from accounts.models.task_reminder import REMINDER_RETENTION as REMINDERS_KEPT
from automations.models.automation_run import KEPT_DAYS as AUTOMATION_DAYS
from automations.models.automation_run import KEPT_DAYS_UNMET as UNMET_DAYS
from crm.api.models.api_call import KEEP_REPLIES
from crm.models import KeptPeriods
from crm.platform.jobs.housekeeping import KEEP_FINISHED_JOBS
from crm.records.listing.saved_view_use import KEEP_USES
from crm.records.models.frozen_set import LIFETIME
from crm.work.models.email_draft import KEEP_DRAFTS
from intake.forms.submissions.cleanup import DAYS as SUBMISSION_DAYS
from reports.models.schedule import KEPT as REPORT_EMAILS_KEPT
from sequences.running.log_cleanup import KEPT_DAYS as SEQUENCE_DAYS


@dataclass(frozen=True)
class DeletionPeriod:
    """`time` is in words, `where` says who decides."""

    label: Any
    time: str
    where: Any


def format_days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def _format_months(number: int) -> str:
    return ngettext("%(number)s month", "%(number)s months", number) % {"number": number}


def _format_months_or_ever(number: int) -> str:
    return _format_months(number) if number else _now("forever")


def _format_period(period: timedelta) -> str:
    return format_days(period.days)


ENVIRONMENT = _("set in the environment: %(name)s")
FIXED = _("part of Leadwell")


def _get_setting(name: str) -> Any:
    return str(ENVIRONMENT) % {"name": name}


def get_deletion_periods() -> list[DeletionPeriod]:
    """What the page of retention shows but doesn't change."""
    rows: list[tuple[Any, str, Any]] = [
        (
            _("Audit log, with sign-ins"),
            _format_months(settings.AUDIT_MONTHS),
            _get_setting("LEADWELL_AUDIT_MONTHS"),
        ),
        (
            _("Changes of records"),
            _format_months_or_ever(settings.CHANGES_MONTHS),
            _get_setting("LEADWELL_CHANGES_MONTHS"),
        ),
        (
            _("Finished jobs"),
            _format_months_or_ever(settings.JOBS_MONTHS),
            _get_setting("LEADWELL_JOBS_MONTHS"),
        ),
        (_("Sessions"), format_days(settings.SESSION_DAYS), _get_setting("LEADWELL_SESSION_DAYS")),
        (_("Files of imports and exports"), format_days(settings.FILE_DAYS), _get_setting("FILE_DAYS")),
        (
            _("Attached files of records that were permanently deleted"),
            format_days(settings.UNDO_DAYS),
            _get_setting("UNDO_DAYS"),
        ),
        (_("Answers of web forms, as visitors typed them"), "", _("set in each web form")),
        (_("Calls of incoming webhooks"), "", _("set in each incoming webhook")),
        (_("Quarantined and unconfirmed web forms"), format_days(SUBMISSION_DAYS), FIXED),
        (_("Drafts of emails that weren’t sent"), _format_period(KEEP_DRAFTS), FIXED),
        (_("Log of automations"), format_days(AUTOMATION_DAYS), FIXED),
        (_("Log of automations: conditions that weren’t met"), format_days(UNMET_DAYS), FIXED),
        (_("Records in sequences, after their end"), format_days(SEQUENCE_DAYS), FIXED),
        (_("Log of reports that were emailed"), _format_period(REPORT_EMAILS_KEPT), FIXED),
        (_("Responses of APIs to repeated calls"), _format_period(KEEP_REPLIES), FIXED),
        (_("Selected records"), _format_period(LIFETIME), FIXED),
        (_("Finished jobs in the queue"), _format_period(KEEP_FINISHED_JOBS), FIXED),
        (_("Uses of saved views"), _format_period(KEEP_USES), FIXED),
        (_("Reminders that were sent"), _format_period(REMINDERS_KEPT), FIXED),
        (_("Notifications on devices"), _format_period(PUSH_KEPT), FIXED),
        (_("Emails of records"), "", _("kept as long as their record")),
        (_("Moves of leads between statuses"), "", _("kept as long as their record")),
    ]
    return [DeletionPeriod(*row) for row in rows]


def get_settable_periods() -> list[DeletionPeriod]:
    """What administrators set on the page."""
    current = KeptPeriods.get_current()
    fields: Callable[[str], Any] = KeptPeriods._meta.get_field
    names = ("calls", "deliveries", "notifications", "import_rows")
    return [
        DeletionPeriod(fields(name).verbose_name, format_days(getattr(current, name)), "") for name in names
    ]
