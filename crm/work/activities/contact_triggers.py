"""When a record was first and last contacted follows from its activities, and the database keeps it so.

A meeting that took place, a call that reached someone and a sent email are contacts, and so is a reply, which only counts as
the last one.
The last contact is the latest of them, the first one the earliest. A record type with the columns in COLUMNS registers
`*contacted_by(table, stored)` for activities. It may have other contacts too: a time that was set manually, or a move to
another status. Each column `…_by` names the origin of its time.

`contacted_otherwise` keeps what the activities hide: under "first" and "last" the time and origin that count if there are no
activities, and under "until" the time up to which the user who set the last contact has overruled the activities. So
each time follows from the row and its activities, in whatever order they were written, and deleting or undoing an
activity leads back to what was there before.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.change_triggers import IS_MACHINE_WRITING_SQL, Trigger, build_replanned_statement

CONTACT_COLUMNS = (
    "first_contacted_at",
    "first_contacted_by",
    "last_contacted_at",
    "last_contacted_by",
    "contacted_otherwise",
)
# 'on' while the activities write these columns.
WRITING = "coalesce(current_setting('leadwell.writes_contact', true), '') = 'on'"


class Origin(models.TextChoices):
    """How a time of contact was set. Of an empty one, STATUS says nothing."""

    STATUS = "status", _("by a status change")
    ACTIVITY = "activity", _("by an activity")
    HAND = "hand", _("set manually")


def build_outgoing_contact_sql(row: str) -> str:
    """Whether an activity is a contact that a user made. A private one isn't, because all users see the times of contact."""
    return (
        f"{row}.private_to_id IS NULL AND ({row}.type = 'meeting' AND {row}.outcome NOT IN ('planned', 'no_show')"
        f" OR {row}.type = 'call' AND {row}.outcome = 'reached'"
        f" OR {row}.type = 'email' AND {row}.outcome = 'sent')"
    )


def build_is_contact_sql(row: str) -> str:
    """Whether an activity is a contact, in either direction."""
    received = f"{row}.private_to_id IS NULL AND {row}.type = 'email' AND {row}.outcome = 'received'"
    return f"({build_outgoing_contact_sql(row)} OR {received})"


def build_time_text_sql(moment: str) -> str:
    """A time as text in JSON, the same in every time zone."""
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _build_other_contact_sql(which: str) -> str:
    """The time and origin that count without activities, as columns of the row "l"."""
    kept = f"l.contacted_otherwise -> '{which}'"
    own = f"l.{which}_contacted_by <> 'activity'"
    return f"""
        CASE WHEN {own} THEN l.{which}_contacted_at ELSE ({kept} ->> 0)::timestamptz END AS {which}_at,
        CASE WHEN {own} THEN l.{which}_contacted_by ELSE coalesce({kept} ->> 1, 'status') END AS {which}_by"""


def _build_hidden_contact_sql(which: str, hidden: str) -> str:
    """What the activities hide, unless it is nothing."""
    known = f"(b.{which}_at IS NOT NULL OR b.{which}_by <> 'status')"
    moment = build_time_text_sql(f"b.{which}_at")
    return f"CASE WHEN {hidden} AND {known} THEN jsonb_build_array({moment}, b.{which}_by) END"


def _build_all_contacts_sql(table: str) -> str:
    """The first and last contact of the row "b" among all its activities, as f.at and g.at."""
    of_record = f"crm_activity a WHERE a.of = '{table}' AND a.record = b.id AND a.deleted_at IS NULL"
    return f"""
        LEFT JOIN LATERAL (SELECT a.at FROM {of_record} AND {build_outgoing_contact_sql("a")} ORDER BY a.at, a.id LIMIT 1) f ON true
        LEFT JOIN LATERAL (
            SELECT a.at FROM {of_record} AND {build_is_contact_sql("a")} AND a.at > coalesce(b.until, '-infinity')
            ORDER BY a.at DESC, a.id DESC LIMIT 1
        ) g ON true"""


def _build_added_activities_sql(table: str) -> str:
    """The same from the row and the activities that were added to it, because the others are already in the row: 10,000
    calls on records with ten activities each would read 30,000 pages from all over the disk."""
    return f"""
        LEFT JOIN (
            SELECT r.record, min(r.at) FILTER (WHERE {build_outgoing_contact_sql("r")}) AS first, max(r.at) AS last
            FROM new_rows r WHERE r.of = '{table}' AND r.deleted_at IS NULL AND {build_is_contact_sql("r")} GROUP BY r.record
        ) n ON n.record = b.id
        CROSS JOIN LATERAL (SELECT least(b.own_first, n.first) AS at) f
        CROSS JOIN LATERAL (
            SELECT greatest(b.own_last, CASE WHEN n.last > coalesce(b.until, '-infinity') THEN n.last END) AS at
        ) g"""


def build_contact_columns_sql(table: str, stored: str, condition: str, *, added: bool = False) -> str:
    """For the rows "l" that meet the condition: what their columns should be, under the names in COLUMNS. With `added`,
    only the activities in new_rows are new to them."""
    first = "(f.at IS NOT NULL AND (b.first_at IS NULL OR f.at < b.first_at))"
    last = "(g.at IS NOT NULL AND (b.last_at IS NULL OR g.at > b.last_at))"
    return f"""
        SELECT b.id,
            CASE WHEN {first} THEN f.at ELSE b.first_at END AS first_contacted_at,
            CASE WHEN {first} THEN 'activity' ELSE b.first_by END AS first_contacted_by,
            CASE WHEN {last} THEN g.at ELSE b.last_at END AS last_contacted_at,
            CASE WHEN {last} THEN 'activity' ELSE b.last_by END AS last_contacted_by,
            jsonb_strip_nulls(jsonb_build_object(
                'first', {_build_hidden_contact_sql("first", first)}, 'last', {_build_hidden_contact_sql("last", last)}, 'until', {build_time_text_sql("b.until")}
            )) AS contacted_otherwise
        FROM (
            SELECT l.id, {_build_other_contact_sql("first")}, {_build_other_contact_sql("last")},
                CASE WHEN l.first_contacted_by = 'activity' THEN l.first_contacted_at END AS own_first,
                CASE WHEN l.last_contacted_by = 'activity' THEN l.last_contacted_at END AS own_last,
                (l.contacted_otherwise ->> 'until')::timestamptz AS until
            FROM {stored} l WHERE {condition} OFFSET 0
        ) b {(_build_added_activities_sql if added else _build_all_contacts_sql)(table)}"""


def build_difference_sql(row: str = "l", wanted: str = "w") -> str:
    """Whether the columns of a row aren't what they should be."""
    stored, right = (", ".join(f"{name}.{column}" for column in CONTACT_COLUMNS) for name in (row, wanted))
    return f"({stored}) IS DISTINCT FROM ({right})"


def build_contacts_update_sql(table: str, stored: str, records: str, *, added: bool = False) -> str:
    """The statements that bring the rows with these ids up to date: a variable of the function, an array.

    The rows are locked by a statement of their own, so that the next one sees the activities that another transaction
    wrote while this one waited for it.
    """
    columns = ", ".join(f"{column} = w.{column}" for column in CONTACT_COLUMNS)
    write = f"""
        UPDATE {stored} l SET {columns} FROM ({build_contact_columns_sql(table, stored, "l.id = ANY($1)", added=added)}) w
        WHERE l.id = w.id AND {build_difference_sql()}"""
    return f"""
        PERFORM l.id FROM {stored} l WHERE l.id = ANY({records}) ORDER BY l.id FOR NO KEY UPDATE;
        PERFORM set_config('leadwell.writes_contact', 'on', true);
        {build_replanned_statement(write, using=records)}
        PERFORM set_config('leadwell.writes_contact', '', true);"""


class Contacts(Trigger):
    """Activities that are contacts write the times of their records, each record at most once a statement."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, table: str, stored: str, *, name: str, operation, **keywords) -> None:
        self.table, self.stored = table, stored
        super().__init__(name=name, operation=operation, declare=[("records", "bigint[]")], **keywords)

    def get_func(self, model) -> str:
        found = f"SELECT array_agg(DISTINCT r.record) FROM {self._rows_sql()}"
        if self.operation is pgtrigger.Update:
            # A merge of records moves their activities, so both records have others then.
            found = f"""
                SELECT array_agg(DISTINCT own.record) FROM (
                    SELECT unnest(ARRAY[o.record, r.record]) AS record FROM {self._rows_sql()}) own"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(found, into="records")}
            IF records IS NOT NULL THEN
                {build_contacts_update_sql(self.table, self.stored, "records", added=self.operation is pgtrigger.Insert)}
            END IF;
            RETURN NULL;
        """

    def _rows_sql(self) -> str:
        if self.operation is pgtrigger.Update:
            names = ("type", "outcome", "at", "deleted_at", "private_to_id", "record")
            old, new = (", ".join(f"{row}.{name}" for name in names) for row in "or")
            return f"""old_rows o JOIN new_rows r ON r.id = o.id
                WHERE r.of = '{self.table}' AND ({old}) IS DISTINCT FROM ({new})
                AND ({build_is_contact_sql("o")} OR {build_is_contact_sql("r")})"""
        rows = "old_rows" if self.operation is pgtrigger.Delete else "new_rows"
        return (
            f"{rows} r WHERE r.of = '{self.table}' AND r.deleted_at IS NULL AND {build_is_contact_sql('r')}"
        )


def build_contact_triggers(table: str, stored: str) -> list[pgtrigger.Trigger]:
    """For activities: `table` is the record type's name in the history, `stored` its table in the database. A record that
    is deleted permanently goes before its activities, so it keeps its times for the undo."""
    references = {
        pgtrigger.Insert: {"new": "new_rows"},
        pgtrigger.Update: {"old": "old_rows", "new": "new_rows"},
        pgtrigger.Delete: {"old": "old_rows"},
    }
    return [
        Contacts(
            table,
            stored,
            name=f"contact_of_{table}_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
        )
        for operation, rows in references.items()
    ]


class AfterUndo(Trigger):
    """An undo that reverts a time of contact may uncover an activity: then that one counts. By its name it is the last
    trigger of the statement, so that the history has both changes in their order."""

    name = "when_contact_undone"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(declare=[("records", "bigint[]")])

    def get_func(self, model) -> str:
        found = f"""
            SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE {build_difference_sql("o", "n")}"""
        return f"""
            IF {IS_MACHINE_WRITING_SQL} OR {WRITING} OR coalesce(current_setting('leadwell.undoes', true), '') = '' THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(found, into="records")}
            IF records IS NOT NULL THEN
                {build_contacts_update_sql(self.table, model._meta.db_table, "records")}
            END IF;
            RETURN NULL;
        """
