"""Different activities at once, as a file adds and edits them: the verbs for one of them, with one statement for many."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.verbs import AddActivity, EditActivity
from crm.work.mentions import notify_mentioned_in_texts

ADD_EACH = """
    INSERT INTO crm_activity (of, record, type, text, outcome, minutes, direction, at, created_by_id)
    SELECT %s, n.record, n.type, n.text, n.outcome, n.minutes, '', coalesce(n.at, now()),
        coalesce(n.author, %s::bigint)
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::timestamptz[],
            %s::bigint[])
        WITH ORDINALITY AS n(record, type, text, outcome, minutes, at, author, place)
    WHERE n.record = ANY(%s::bigint[]) ORDER BY n.place"""
EDIT_EACH = """
    UPDATE crm_activity a SET
        text = CASE WHEN n.changes ? 'text' THEN n.changes->>'text' ELSE a.text END,
        outcome = CASE WHEN n.changes ? 'outcome' THEN n.changes->>'outcome' ELSE a.outcome END,
        at = CASE WHEN n.changes ? 'at' THEN (n.changes->>'at')::timestamptz ELSE a.at END,
        minutes = CASE WHEN n.changes ? 'minutes' THEN (n.changes->>'minutes')::smallint ELSE a.minutes END
    FROM unnest(%s::bigint[], %s::jsonb[]) AS n(id, changes) WHERE a.id = n.id"""


@dataclass(frozen=True)
class NewActivity:
    """Without `at`, it happened now. Without `author`, it is by the user who adds it."""

    record: int
    type: str
    text: str
    outcome: str
    minutes: int | None
    at: datetime | None
    author: int | None = None


@dataclass(frozen=True)
class AddEach(AddActivity):
    """Add these activities, each to its own record."""

    new: tuple[NewActivity, ...] = ()

    def write(self, rows):
        ids = list(rows.values_list("pk", flat=True))
        names = ("record", "type", "text", "outcome", "minutes", "at", "author")
        columns = [[getattr(row, name) for row in self.new] for name in names]
        with connection.cursor() as cursor:
            cursor.execute(ADD_EACH, [rows.model.table, self.by and self.by.pk, *columns, ids])

    def write_consequences(self, record, changed):
        added = set(changed)
        texts = [(row.text, "", row.record) for row in self.new if row.record in added]
        notify_mentioned_in_texts(texts, record, KINDS[record.table].model)


@dataclass(frozen=True)
class ActivityEdit:
    """An activity of the record: its new values by field, as JSON, and the text that it had before."""

    record: int
    changes: dict[str, Any]
    text: str


@dataclass(frozen=True)
class EditEach(EditActivity):
    """Edit these activities, by ID, each in its own way."""

    each: Mapping[int, ActivityEdit] = field(default_factory=dict)

    def build_unchanged_condition(self):
        # Each of them was compared with what is stored.
        return Q(pk__in=[])

    def write(self, rows):
        ids = list(rows.values_list("pk", flat=True))
        changes = [json.dumps(self.each[pk].changes) for pk in ids]
        with connection.cursor() as cursor:
            cursor.execute(EDIT_EACH, [ids, changes])

    def write_consequences(self, record, changed):
        edited = [self.each[pk] for pk in changed]
        texts = [(row.changes.get("text", ""), row.text, row.record) for row in edited]
        notify_mentioned_in_texts(texts, record, KINDS[record.table].model)
