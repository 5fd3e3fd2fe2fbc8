"""The preview of an undo compares only the rows that were changed after the operation, and says the same as if it compared all."""

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import CustomField, Task
from crm.platform.models.undo_rules import Guard
from crm.records.history.undo import reversal_sql
from crm.records.history.undo.field_reversal import preview_undo
from crm.records.history.undo.reversal_sql import ReversalUpdates
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from leads.models import Lead
from leads.verbs import SetVip


def change(verb, leads, by):
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    return carry_out(verb, rows.changeable_by(by), by=by).operation


@pytest.fixture
def leads(make_lead):
    return [make_lead(f"Ana {number}") for number in range(8)]


@pytest.fixture
def changed(leads, ada):
    """VIP was set for all; later another field of one was edited, and VIP was taken from two others."""
    record = change(SetVip(True), leads, ada)
    change(Edit({"city": "Sibiu"}), leads[2:3], ada)
    change(SetVip(False), leads[:2], ada)
    return record


@pytest.mark.parametrize("most", [20_000, 2, -1])
def test_a_preview_says_which_rows_go_back_however_many_changes_came_later(
    changed, leads, ada, monkeypatch, most
):
    monkeypatch.setattr(reversal_sql, "MOST_LATER", most)
    found = preview_undo(changed, ada)
    assert found.back["lead"] == [lead.pk for lead in leads[2:]]
    assert found.kept["lead"] == {"changed_since": [lead.pk for lead in leads[:2]]}


@pytest.mark.parametrize("most", [20_000, 3])
def test_a_preview_compares_no_row_that_was_not_changed_later(changed, leads, ada, monkeypatch, most):
    monkeypatch.setattr(reversal_sql, "MOST_LATER", most)
    with CaptureQueriesContext(connection) as queries:
        preview_undo(changed, ada)
    joined = [query["sql"] for query in queries if 'JOIN "leads_lead" t' in query["sql"]]
    assert joined
    # Their rows are named: those of the three, in the order of their changes.
    ids = ",".join(str(lead.pk) for lead in (leads[2], *leads[:2]))
    assert all(f"\"row\" = ANY('{{{ids}}}'" in sql for sql in joined)
    assert not [query["sql"] for query in queries if "erased_at" in query["sql"] and "ANY(" in query["sql"]]


# The reasons why a city may not go back, each with whether it applies, and the reason that is told; none if it goes back.
REASONS = {
    "none": ((), None),
    "one that applies": (((True, "first"),), "first"),
    "one that doesn't apply": (((False, "first"),), None),
    "two, the first of which applies": (((True, "first"), (False, "second")), "first"),
    "two, the second of which applies": (((False, "first"), (True, "second")), "second"),
    "two that apply": (((True, "first"), (True, "second")), "first"),
    "two that don't apply": (((False, "first"), (False, "second")), None),
}


@pytest.mark.parametrize(("guards", "told"), REASONS.values(), ids=REASONS)
def test_one_reason_is_enough_for_a_value_to_stay(guards, told, leads, ada):
    record = change(Edit({"city": "Sibiu"}), leads[:1], ada)
    updates = ReversalUpdates(record, "lead", Lead, ["city"], [], ada)
    rules = tuple(Guard(reason, str(applies).lower()) for applies, reason in guards)
    updates.rules = replace(updates.rules, guards={"city": rules})
    assert updates.get_revertible_ids() == ([] if told else [leads[0].pk])
    assert updates.get_kept_rows() == ({told: [leads[0].pk]} if told else {})


def test_a_value_that_no_one_reads_is_not_told_to_stay(leads, ada):
    record = change(Edit({"city": "Sibiu"}), leads[:1], ada)
    change(Edit({"city": "Arad"}), leads[:1], ada)
    updates = ReversalUpdates(record, "lead", Lead, ["city"], [], ada)
    assert updates.get_kept_rows() == {"changed_since": [leads[0].pk]}
    updates.rules = replace(updates.rules, unreported=("city",))
    assert updates.get_kept_rows() == {}


# A value of a JSON column before a change, as the history has it, and how it is stored again.
STORED = {"a text": "Ana", "a list": ["Ana", 1], "an object": {"name": "Ana"}, "a number": 1, "no": False}


@pytest.mark.parametrize("value", STORED.values(), ids=STORED)
def test_any_value_of_a_json_column_goes_back_as_it_was(value, db):
    updates, field = ReversalUpdates.__new__(ReversalUpdates), CustomField._meta.get_field("choices")
    sql = f"SELECT {updates._build_old_value_sql(field)}::text FROM (SELECT %s::jsonb AS fields) u"
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps({"choices": [value, None]})])
        assert json.loads(cursor.fetchone()[0]) == value


def test_columns_follow_from_rows_only_if_the_operation_changed_these(leads, ada, make_task):
    task, record = make_task("Call", leads[0], user=ada), change(Edit({"city": "Sibiu"}), leads[:1], ada)
    with operation("test", by=ada) as other:
        Task.objects.filter(pk=task.pk).update(title="Write")
    follows = ReversalUpdates(record, "lead", Lead, ["city"], [], ada).rules.follows
    of_tasks = {column for column, table in follows.items() if table == "task"}
    assert of_tasks
    for changed, columns in ((record, set()), (other, of_tasks)):
        assert ReversalUpdates(changed, "lead", Lead, ["city"], [], ada).derived_columns == columns
