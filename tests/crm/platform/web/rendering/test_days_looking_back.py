"""Where a form asks for what has happened, "Friday" is the last one; where it plans, the next one. It is Wednesday, 25 November 2026."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from crm.api.webhooks.forms import ReplayForm
from crm.records.history.audit_log.filters import AuditFilter
from crm.records.history.operation_filters import OperationFilter
from crm.work.activities.forms import ActivityForm
from customers.consent.forms import RecordConsentForm
from customers.requests.forms import RequestForm
from leads.forms import LeadForm

LAST, NEXT = "2026-11-20", "2026-11-27"


@pytest.fixture
def wednesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 25, 10, tzinfo=UTC))


# The filter that a form adds to the list of leads: what is asked for it, and the parameter and its day.
FILTERS = {
    "a period of what has happened": (
        "created", {"chosen": "1", "created": "between", "created_from": "fri"}, "created_from", LAST,
    ),
    "a period of what is planned": (
        "next_action", {"query": "next_action=today", "chosen": "1", "next_action": "between", "next_action_to": "fri"},
        "next_action_to", NEXT,
    ),
    "a condition on what has happened": ("created_at", {"operator": "since", "day": "fri"}, "created_at.since", LAST),
    "two days of it": (
        "last_contacted_at", {"operator": "between", "days_first": "fri", "days_last": "wed"},
        "last_contacted_at.between", f"{LAST}..2026-11-25",
    ),
    "a condition on what is planned": (
        "next_action_on", {"operator": "before", "day": "fri"}, "next_action_on.before", NEXT,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("field", "sent", "name", "day"), FILTERS.values(), ids=FILTERS)
def test_a_weekday_in_a_filter(field, sent, name, day, wednesday, sign_in, ann):
    answer = sign_in(ann).get(f"/admin/leads/filter/{field}", sent)
    assert parse_qs(urlsplit(answer["Location"]).query)[name] == [day]


@pytest.mark.parametrize(
    ("address", "name"),
    [("/admin/reports/conversion?period=between&to=today", "from"), ("/admin/operations?q=", "first")],
)
def test_a_weekday_in_a_report_or_among_changes(address, name, wednesday, sign_in, ada):
    answer = sign_in(ada).get(f"{address}&{name}=fri")
    assert parse_qs(urlsplit(answer["Location"]).query)[name] == [LAST]


# The field of a form, and what it reads.
FIELDS = {
    "when a consent was given": (RecordConsentForm, "on", LAST),
    "when a webhook failed": (ReplayForm, "since", LAST),
    "when a request came": (RequestForm, "received_at", LAST),
    "the first day of changes": (OperationFilter, "first", LAST),
    "the last day of changes": (OperationFilter, "last", LAST),
    "the first day of the audit log": (AuditFilter, "first", LAST),
    "the last day of the audit log": (AuditFilter, "last", LAST),
    "the next action of a lead": (LeadForm, "next_action_on", NEXT),
}


@pytest.mark.parametrize(("form", "name", "day"), FIELDS.values(), ids=FIELDS)
def test_a_weekday_in_a_form(form, name, day, wednesday):
    fields = getattr(form, "base_fields", None) or {
        key: item.field for key, item in form.base_filters.items()
    }
    widget = fields[name].widget
    assert getattr(widget, "looks_back", False) is (day == LAST)


@pytest.mark.parametrize(("kind", "day"), [("call", LAST), ("note", LAST), ("meeting", NEXT)])
def test_a_weekday_of_an_activity_is_the_next_one_only_for_a_meeting(kind, day, wednesday):
    form = ActivityForm({"type": kind, "at": "fri 9:00"})
    assert form["at"].value().startswith(day)
