"""What users see when old months of changes were dropped: leads stay as they are, and pages say what is missing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.management.commands.check_history import find_history_differences
from crm.models import Change, Operation
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.records.history.undo.field_reversal import UndoRefused, revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads import verbs
from leads.models import Lead
from tests.crm.records.history.undo.test_every_verb import all_tables


@pytest.fixture
def dropped(settings, monkeypatch):
    """Drops the months of changes as the worker will in 2031, when those of the last three months are kept."""

    def drop() -> None:
        settings.CHANGES_MONTHS = 3
        with monkeypatch.context() as later:
            later.setattr(timezone, "now", lambda: datetime(2031, 5, 20, tzinfo=UTC))
            assert CHANGES_TABLE.bring_up_to_date()[1] > 0
        CHANGES_TABLE.forget_start()

    return drop


@pytest.fixture
def old(make_lead, bob, ann, statuses):
    """A lead of 60 days ago that Ann has moved then."""
    lead = make_lead("Jan Novák", owner=bob)
    record = carry_out(verbs.Move(statuses.contacted), Lead.objects.filter(pk=lead.pk), by=ann).operation
    then = timezone.now() - timedelta(days=60)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(created_at=then)
    Operation.objects.update(at=then)
    return Lead.objects.get(pk=lead.pk), Operation.objects.get(pk=record.pk)


def test_dropping_months_of_changes_changes_no_row_of_any_other_table(old, dropped):
    before, changes = all_tables(), Change.objects.count()
    assert changes > 0
    dropped()
    assert Change.objects.count() == 0
    assert all_tables() == before


def every_row() -> dict[str, list]:
    """All rows with all their columns, of all tables except that of changes."""
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {"crm_change"}:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def test_dropping_months_leaves_every_row_of_leads_moves_tasks_and_activities_as_it_is(
    old, dropped, make_lead, ann, statuses, make_task, reasons
):
    lead, _record = old
    rows = Lead.objects.filter(pk__in=[lead.pk, make_lead("Eva Malá", next_action="Call").pk])
    for verb in (
        AddActivity(ann, "call", "Hello", "reached"),
        verbs.SetNextAction("Visit", None),
        verbs.Move(statuses.lost, reasons.timing, "later"),
    ):
        carry_out(verb, rows, by=ann)
    # An undone move and a lead in Trash are rows too.
    revert_operation(carry_out(verbs.Move(statuses.qualified), rows, by=ann).operation, by=ann)
    make_task("Write", lead)
    carry_out(verbs.Delete(), rows.exclude(pk=lead.pk), by=ann)
    before = every_row()
    assert all(before[name] for name in ("leads_lead", "leads_statusmove", "crm_task", "crm_activity"))
    assert all(before[name] for name in ("crm_operation", "crm_verdict", "leads_leadsearch"))
    dropped()
    assert Change.objects.count() == 0
    assert every_row() == before


def test_the_timeline_says_since_when_changes_are_kept(old, dropped, sign_in, ann):
    lead, _record = old
    address = f"/admin/leads/{lead.pk}"
    assert "Changes are kept since" not in sign_in(ann).get(address).text
    dropped()
    page = sign_in(ann).get(address)
    assert page.status_code == 200
    assert "Changes are kept since 1 May 2031. Older ones were deleted." in page.text
    # Not among notes only, and not of what was added since.
    assert "Changes are kept since" not in sign_in(ann).get(f"{address}?show=note").text


def test_the_timeline_of_a_newer_lead_says_nothing_about_it(old, dropped, make_lead, sign_in, ann, bob):
    dropped()
    lead = make_lead("Eva Malá", owner=bob)
    assert "Changes are kept since" not in sign_in(ann).get(f"/admin/leads/{lead.pk}").text


def test_a_change_whose_months_are_gone_offers_no_undo_and_says_why(old, dropped, sign_in, ann, settings):
    settings.UNDO_DAYS = 365
    _lead, record = old
    undo_at = f"/admin/operations/{record.pk}/undo"
    assert undo_at in sign_in(ann).get(f"/admin/operations/{record.pk}").text
    dropped()
    browser = sign_in(ann)
    assert undo_at not in browser.get(f"/admin/operations/{record.pk}").text
    words = "The recorded changes were deleted. Changes are kept since 1 May 2031."
    assert words in browser.get(undo_at).text
    assert words in browser.post(undo_at).text
    with pytest.raises(UndoRefused, match="The recorded changes were deleted"):
        revert_operation(record, by=ann)
    assert not Operation.objects.filter(undoes=record).exists()


def test_an_undo_finds_changes_in_any_month(old, ann, settings, statuses):
    settings.UNDO_DAYS = 3650
    lead, record = old
    Change.objects.filter(operation=record).update(at=timezone.now() + timedelta(days=45))
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert lead.status_id == statuses.new.pk


def test_check_history_expects_nothing_of_leads_whose_first_changes_are_gone(old, dropped, statuses, ann):
    dropped()
    carry_out(verbs.Move(statuses.qualified), Lead.objects.filter(pk=old[0].pk), by=ann)
    assert list(find_history_differences()) == []
