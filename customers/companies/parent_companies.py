"""Parent companies: no company is its own parent, directly or through other companies.

Every change of parents takes the same lock first, so of two changes that would only make a cycle together, the second one is
refused.
"""

from collections.abc import Mapping

import pgtrigger
from django.db import connection

from crm.fields.types.record_links import build_link_guard
from crm.platform.models.undo_rules import Guard
from crm.platform.sql.change_triggers import Trigger

REASON = "parent_cycle"

# A company and all companies above it, from several companies on; UNION ends even in a cycle.
ABOVE = """
    WITH RECURSIVE above(id) AS (
        SELECT unnest(%s::bigint[])
        UNION SELECT c.parent_id FROM above JOIN customers_company c ON c.id = above.id WHERE c.parent_id IS NOT NULL)
    SELECT id FROM above ORDER BY id"""

# Whether an undo would make a cycle. It may revert several parents at once, so each company counts with its present parent
# and with the one that it would get back.
CYCLE = """{old} IS NOT NULL AND EXISTS (
    WITH RECURSIVE above(id) AS (
        SELECT {old}
        UNION SELECT parent.id FROM above CROSS JOIN LATERAL (
            SELECT c.parent_id AS id FROM customers_company c WHERE c.id = above.id
            UNION ALL
            SELECT (change.fields->'parent_id'->>0)::bigint FROM crm_change change
            WHERE change."table" = '{table}' AND change."row" = above.id AND change.operation_id = {operation}
                AND change.at >= {since} AND change.kind = 'update') parent
        WHERE parent.id IS NOT NULL)
    SELECT FROM above WHERE above.id = t.id)"""
GUARDS = (build_link_guard("customers_company", "company"), Guard(REASON, CYCLE))


class NoCycle(Trigger):
    """Whatever sets a parent, such as an import: a cycle is an error of the database."""

    name = "no_parent_cycle"
    level = pgtrigger.Row
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("parent_id")
    condition = pgtrigger.Condition(
        "NEW.parent_id IS NOT NULL AND NEW.parent_id IS DISTINCT FROM OLD.parent_id"
    )

    def get_func(self, model) -> str:
        return """
            IF EXISTS (
                WITH RECURSIVE above(id) AS (
                    SELECT NEW.parent_id
                    UNION SELECT c.parent_id FROM above JOIN customers_company c ON c.id = above.id
                    WHERE c.parent_id IS NOT NULL)
                SELECT FROM above WHERE above.id = NEW.id
            ) THEN
                RAISE EXCEPTION 'A company is its own parent' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """


def lock_parents() -> None:
    """No one else sets a parent until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leadwell.parents of companies'))")


def get_ids_with_all_above(companies: list[int]) -> list[int]:
    """The ids of these companies and of all companies above them, in Trash or not."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [companies])
        return [pk for (pk,) in cursor.fetchall()]


def find_companies_in_cycles(parents: Mapping[int, int | None]) -> set[int]:
    """The companies that would be above themselves with these parents; the others keep theirs. Numbers below zero are
    companies that aren't added yet."""
    above = get_ids_with_all_above([pk for pk in parents.values() if pk and pk > 0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, parent_id FROM customers_company WHERE id = ANY(%s::bigint[])", [above])
        known = {**dict(cursor.fetchall()), **parents}
    found: set[int] = set()
    done: set[int] = set()
    for start in parents:
        way: dict[int, None] = {}
        company: int | None = start
        while company is not None and company not in done and company not in way:
            way[company] = None
            company = known.get(company)
        if company in way:
            walked = list(way)
            found.update(walked[walked.index(company) :])
        done.update(way)
    return found
