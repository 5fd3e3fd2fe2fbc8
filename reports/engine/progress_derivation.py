"""Derives the progress of leads from leads, moves and deals, and keeps it up to date.

Triggers note which leads have changed (reports/models/progress_triggers.py). A page reads the stored rows, and derives those of
changed leads as it reads, as long as these are few. The worker stores them every two seconds.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.platform.web.request_cache import read_cached
from reports.models import ChangedLead, CurrentProgress, LeadProgress

# How many changed leads a page derives itself, and how many the worker takes at once.
LIVE, PORTION = 2_000, 20_000
# Categories of statuses in the order of a lead's way. A lead that skips one has reached it all the same.
WAY = ("new", "contacted", "qualified", "proposal", "won")


def _build_entered_sql(kind: str) -> str:
    kinds = ", ".join(f"'{later}'" for later in WAY[WAY.index(kind) :])
    return f"min(m.entered) FILTER (WHERE k.kind IN ({kinds}))"


# As in leads/triggers/functions.py, but also for leads that were contacted: a report asks whether that was in time. A report can't
# compute it, because the function takes seconds for the leads of some months.
MINUTES = "coalesce(o.contact_within, p.contact_within)"
DUE = f"""(leadwell_working_after(
        l.department_id, l.created_at, make_interval(mins => {MINUTES}), make_interval(mins => {MINUTES}))).due"""
# A status that became a won one won the leads that were in it already.
WON = "CASE WHEN s.kind = 'won' THEN coalesce(l.converted_at, l.status_since) END"
# What touches a lead (reports/engine/untouched_leads.py). Private emails don't, because all users see the time, and neither does what
# has not happened: a planned meeting, one that no one came to, an email that wasn't sent, an automatic reply.
TOUCHING = (
    "a.private_to_id IS NULL AND a.outcome NOT IN ('planned', 'no_show', 'sending', 'failed', 'automatic')"
)
EDITED_BY_A_PERSON = (
    "o.by_id IS NOT NULL AND (o.channel = 'web' OR o.channel = 'bulk' AND o.by_id = l.owner_id)"
)
# The columns of a row and what each is derived from.
DERIVED = {
    "lead_id": "l.id",
    "created_at": "l.created_at",
    "contacted_at": "m.contacted_at",
    "qualified_at": "m.qualified_at",
    "proposal_at": "m.proposal_at",
    "opportunity_at": "d.opportunity_at",
    "won_at": WON,
    "lost_at": "CASE WHEN s.kind IN ('lost', 'disqualified') THEN l.status_since END",
    "first_contacted_at": "l.first_contacted_at",
    "touched_at": "greatest(w.at, e.at)",
    "contact_due_at": f"CASE WHEN {MINUTES} IS NOT NULL THEN {DUE} END",
    "status_since": "l.status_since",
    "revenue_at": f"CASE WHEN d.won > 0 THEN coalesce({WON}, d.won_at) WHEN d.deals = 0 THEN {WON} END",
    "base_value": "l.base_value",
    "revenue": "CASE WHEN d.won > 0 THEN d.revenue WHEN d.deals = 0 AND s.kind = 'won' THEN l.base_value END",
    "owner_id": "l.owner_id",
    "department_id": "l.department_id",
    "source_id": "l.source_id",
    "status_id": "l.status_id",
    "lost_reason_id": "l.lost_reason_id",
    "country": "l.country",
    "currency": "l.currency",
    "vip": "l.vip",
    "shared": "l.shared",
    "present": "l.deleted_at IS NULL",
    "has_value": "l.value IS NOT NULL",
    "revenue_missing": "d.missing > 0 OR d.deals = 0 AND s.kind = 'won' AND l.base_value IS NULL",
    "revenue_without_rate": """d.without_rate > 0
        OR d.deals = 0 AND s.kind = 'won' AND l.value IS NOT NULL AND l.base_value IS NULL""",
    "erased": "false",
    "path": "coalesce(m.path, '')",
}
# Deals in Trash don't count, and neither do moves that were undone. Changes are only looked for in the months since the last activity,
# and only of a lead that was written since.
ROWS = f"""
    SELECT {", ".join(f"{value} AS {column}" for column, value in DERIVED.items())}
    FROM leads_lead l
    JOIN leads_status s ON s.id = l.status_id
    LEFT JOIN leads_source o ON o.id = l.source_id
    LEFT JOIN accounts_department p ON p.id = l.department_id
    CROSS JOIN LATERAL (
        SELECT {", ".join(f"{_build_entered_sql(kind)} AS {kind}_at" for kind in WAY[1:-1])},
            left(string_agg(m.to_status_id::text, ' ' ORDER BY m.entered, m.id), 120) AS path
        FROM leads_statusmove m JOIN leads_status k ON k.id = m.to_status_id
        WHERE m.lead_id = l.id AND NOT m.undone) m
    CROSS JOIN LATERAL (
        SELECT min(d.created_at) AS opportunity_at, count(*) AS deals, count(*) FILTER (WHERE k.kind = 'won') AS won,
            min(coalesce(d.closed_at, d.status_since)) FILTER (WHERE k.kind = 'won') AS won_at,
            sum(d.base_value) FILTER (WHERE k.kind = 'won') AS revenue,
            count(*) FILTER (WHERE k.kind = 'won' AND d.base_value IS NULL) AS missing,
            count(*) FILTER (WHERE k.kind = 'won' AND d.base_value IS NULL AND d.value IS NOT NULL) AS without_rate
        FROM customers_deal d JOIN leads_status k ON k.id = d.status_id
        WHERE d.lead_id = l.id AND d.deleted_at IS NULL) d
    CROSS JOIN LATERAL (
        SELECT greatest(l.created_at, l.assigned_at, max(a.at)) AS at FROM crm_activity a
        WHERE a.of = 'lead' AND a.record = l.id AND a.deleted_at IS NULL AND {TOUCHING}) w
    LEFT JOIN LATERAL (
        SELECT max(c.at) AS at FROM crm_change c JOIN crm_operation o ON o.id = c.operation_id
        WHERE c."table" = 'lead' AND c."row" = l.id AND c.kind = 'update' AND c.at > w.at AND {EDITED_BY_A_PERSON}
    ) e ON l.updated_at > w.at
"""  # noqa: S608 - all of it is written here
COLUMNS = ", ".join(DERIVED)
# The stored rows of leads that haven't changed, and those of changed leads as they are now. One condition for each part,
# because PostgreSQL joins these and would look up each row for an OR.
BOTH = f"""
    SELECT {COLUMNS} FROM reports_leadprogress p
    WHERE NOT EXISTS (SELECT FROM reports_changedlead c WHERE c.lead = p.lead_id)
    UNION ALL SELECT {COLUMNS} FROM reports_leadprogress p
    WHERE p.erased AND p.lead_id IN (SELECT c.lead FROM reports_changedlead c)
    UNION ALL {ROWS} WHERE l.id IN (SELECT c.lead FROM reports_changedlead c)
"""  # noqa: S608
STORE = f"""
    INSERT INTO reports_leadprogress ({COLUMNS}) {ROWS} WHERE l.id = ANY(%s) ORDER BY l.id
    ON CONFLICT (lead_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in DERIVED if name != "lead_id")}
    WHERE NOT reports_leadprogress.erased
"""
FORGET = """
    DELETE FROM reports_leadprogress p WHERE p.lead_id = ANY(%s) AND NOT p.erased
        AND NOT EXISTS (SELECT FROM leads_lead l WHERE l.id = p.lead_id)
"""
TAKE = """
    DELETE FROM reports_changedlead WHERE id IN (SELECT id FROM reports_changedlead ORDER BY id LIMIT %s) RETURNING lead
"""
# One at a time: otherwise an older row could be stored after a newer one.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('leadwell reports'))"
# Edits of months that were deleted aren't known anymore, so earlier touches aren't compared.
COMPARED = COLUMNS.replace("touched_at", "greatest(touched_at, %(kept_since)s::timestamptz) AS touched_at")
WRONG = f"""
    SELECT coalesce(a.lead_id, b.lead_id) FROM (SELECT {COMPARED} FROM ({ROWS}) r) a FULL JOIN (
        SELECT {COMPARED} FROM reports_leadprogress WHERE NOT erased) b ON a.lead_id = b.lead_id
    WHERE a IS DISTINCT FROM b ORDER BY 1
"""  # noqa: S608


def build_current_view_sql() -> str:
    """Creates the view that CurrentProgress reads, unless it is there as it should be.

    A view would keep the columns that it reads from being altered by migrations, so it reads a function, whose body is a text.
    """
    columns = [field for field in LeadProgress._meta.concrete_fields if field.column in DERIVED]
    types = {str(field.column): str(field.db_type(connection)) for field in columns}
    function = f"""
        CREATE FUNCTION reports_current() RETURNS TABLE ({", ".join(f"{name} {types[name]}" for name in DERIVED)})
        LANGUAGE sql STABLE PARALLEL SAFE AS $body${BOTH}$body$"""
    known = sha256(function.encode()).hexdigest()
    return f"""
        DO $do$ BEGIN
            IF coalesce(obj_description(to_regclass('reports_currentprogress'), 'pg_class'), '') <> '{known}' THEN
                DROP VIEW IF EXISTS reports_currentprogress;
                DROP FUNCTION IF EXISTS reports_current();
                {function};
                CREATE VIEW reports_currentprogress AS SELECT * FROM reports_current();
                COMMENT ON VIEW reports_currentprogress IS '{known}';
            END IF;
        END $do$;"""  # noqa: S608


def store_progress_of_changes(most: int = PORTION) -> int:
    """Store the rows of changed leads. Returns how many changes were taken; 0 if another worker does it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [most])
        taken = [lead for (lead,) in cursor.fetchall()]
        if taken:
            store_progress(set(taken))
        return len(taken)


def store_progress(leads: Iterable[int]) -> None:
    ids = sorted(leads)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [ids])
        cursor.execute(FORGET, [ids])


def find_wrong_leads() -> list[int]:
    """The leads whose stored row isn't what is derived now, apart from those that are noted as changed."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, {"kept_since": CHANGES_TABLE.get_start()})
        found = [lead for (lead,) in cursor.fetchall()]
    noted = set(ChangedLead.objects.values_list("lead", flat=True)) if found else set()
    return [lead for lead in found if lead not in noted]


def get_progress_rows() -> tuple[Any, datetime | None]:
    """The rows to count from, and as of when they are; None for now. All numbers of a page come from the same ones."""
    return read_cached("rows of reports", _progress_queryset)


def _progress_queryset() -> tuple[Any, datetime | None]:
    if not ChangedLead.objects.exists():
        # The stored rows are those of now. Several processes read them at once, and without the view it takes half the time.
        return LeadProgress.objects.all(), None
    if not ChangedLead.objects.has_more_than(LIVE):
        return CurrentProgress.objects.all(), None
    first = ChangedLead.objects.order_by("id").values_list("at", flat=True).first()
    return LeadProgress.objects.all(), first or timezone.now()
