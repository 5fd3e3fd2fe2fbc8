"""How long the page of retention says that something is kept: in months or days, or forever."""

import pytest

from privacy.retention.deletion_periods import format_days, get_deletion_periods

CHANGES, AUDIT, JOBS = "Changes of records", "Audit log, with sign-ins", "Finished jobs"
TIMES = {
    "changes for a year": ("CHANGES_MONTHS", 12, CHANGES, "12 months"),
    "changes for a month": ("CHANGES_MONTHS", 1, CHANGES, "1 month"),
    "changes forever": ("CHANGES_MONTHS", 0, CHANGES, "forever"),
    "jobs for two months": ("JOBS_MONTHS", 2, JOBS, "2 months"),
    "jobs forever": ("JOBS_MONTHS", 0, JOBS, "forever"),
    "the audit log, which is never kept forever": ("AUDIT_MONTHS", 24, AUDIT, "24 months"),
    "sessions": ("SESSION_DAYS", 1, "Sessions", "1 day"),
    "files": ("FILE_DAYS", 30, "Files of imports and exports", "30 days"),
}


@pytest.mark.parametrize(("name", "number", "label", "time"), TIMES.values(), ids=TIMES)
def test_how_long_something_is_kept(name, number, label, time, settings):
    setattr(settings, name, number)
    assert {str(row.label): row.time for row in get_deletion_periods()}[label] == time


def test_what_others_decide_has_no_time():
    found = {str(row.label): (row.time, str(row.where)) for row in get_deletion_periods()}
    assert found["Emails of records"] == ("", "kept as long as their record")
    assert found["Answers of web forms, as visitors typed them"] == ("", "set in each web form")
    assert format_days(1) == "1 day"


# What Leadwell itself decides, as the docs say it.
FIXED = {
    "Log of automations": "365 days",
    "Log of automations: conditions that weren’t met": "7 days",
    "Records in sequences, after their end": "365 days",
    "Drafts of emails that weren’t sent": "14 days",
    "Log of reports that were emailed": "90 days",
    "Quarantined and unconfirmed web forms": "30 days",
    "Selected records": "1 day",
}


@pytest.mark.parametrize(("label", "time"), FIXED.items(), ids=FIXED)
def test_what_leadwell_decides_itself(label, time):
    assert {str(row.label): row.time for row in get_deletion_periods()}[label] == time
