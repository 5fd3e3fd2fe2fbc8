"""Leads that are older than what the start page tells, and changes of them some minutes ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Change, Operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import SetVip


@pytest.fixture
def acted_on(ann):
    """acted_on(lead, verb) is a change by Ann, or another user, so many minutes ago."""

    def act(lead, verb=None, *, by=ann, minutes: float = 0) -> None:
        verb = verb or SetVip(not Lead.objects.get(pk=lead.pk).vip)
        record = carry_out(verb, Lead.objects.filter(pk=lead.pk), by=by).operation
        at = timezone.now() - timedelta(minutes=minutes)
        Operation.objects.filter(pk=record.pk).update(at=at)
        Change.objects.filter(operation=record).update(at=at)

    return act


@pytest.fixture
def old_lead(make_lead, bob):
    """A lead of Bob, if no one else is named, that is older than what the page tells."""

    def made(name: str = "Jan Novák", **values) -> Lead:
        lead = make_lead(name, **{"owner": bob, **values})
        long_ago = timezone.now() - timedelta(days=9)
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(created_at=long_ago, assigned_at=long_ago)
        changes = Change.objects.filter(table="lead", row=lead.pk)
        Operation.objects.filter(pk__in=changes.values("operation")).update(at=long_ago)
        changes.update(at=long_ago)
        return lead

    return made
