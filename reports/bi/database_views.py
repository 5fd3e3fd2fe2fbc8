"""The read-only door for BI tools: views in the schema `report`, in which each database role sees what its user sees.

A view keeps the columns that it reads from being altered, so the views are dropped before migrations and created again
after them. They aren't part of a backup (crm/platform/database/client_programs.py). The conditions are made of the ways to see a record
(accounts/scope.py), so there is one rule. `security_barrier` evaluates them before anything that a query adds.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.db import connection

from accounts.scope import WAYS, OwnedScope, VisibilityWay
from crm.records.kinds.kind_registry import KINDS, Kind
from reports.bi.view_columns import ACTIVITIES, VIEWS, View

SCHEMA = "report"
# The role that reads and what it may: one row, none for roles that BiAccess doesn't know and for deactivated users.
READER = """
    SELECT a.everything, a.user_id,
        ARRAY(SELECT c.app_label || '.' || p.codename FROM public.accounts_user_groups h
            JOIN public.auth_group_permissions g ON g.group_id = h.group_id
            JOIN public.auth_permission p ON p.id = g.permission_id
            JOIN public.django_content_type c ON c.id = p.content_type_id
            WHERE h.user_id = a.user_id) AS rights,
        ARRAY(SELECT m.department_id FROM public.accounts_membership m WHERE m.user_id = a.user_id) AS departments
    FROM public.reports_biaccess a LEFT JOIN public.accounts_user u ON u.id = a.user_id
    WHERE a.role = current_user::text AND (a.everything OR u.is_active)
"""
# A role can lift default_transaction_read_only for itself; whoever does sees nothing. Each view asks outside of its rows and its
# reader: PostgreSQL reads neither if the other one is empty.
ONLY_READS = f"""
    CREATE OR REPLACE FUNCTION {SCHEMA}.only_reads() RETURNS boolean LANGUAGE plpgsql STABLE AS $only_reads$ BEGIN
        IF current_setting('transaction_read_only') <> 'on' THEN
            RAISE EXCEPTION 'BI tools only read. Use a read-only transaction: SET default_transaction_read_only = on'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN true;
    END $only_reads$;"""
DROP = f"""
    DO $do$ DECLARE found record; BEGIN
        FOR found IN SELECT viewname FROM pg_views WHERE schemaname = '{SCHEMA}' LOOP
            EXECUTE format('DROP VIEW IF EXISTS {SCHEMA}.%I CASCADE', found.viewname);
        END LOOP;
    END $do$;"""  # noqa: S608 - all of it is written here


def build_views_sql() -> str:
    """Creates the schema and its views, unless they are there as they should be."""
    made = [_build_view_sql(view) for view in VIEWS]
    text = f"""
        CREATE SCHEMA IF NOT EXISTS {SCHEMA};
        {ONLY_READS}
        CREATE VIEW {SCHEMA}.viewer AS {_build_viewer_sql()};
        {"".join(made)}"""
    known = sha256(text.encode()).hexdigest()
    return f"""
        DO $outer$ BEGIN
            IF coalesce(obj_description(to_regclass('{SCHEMA}.viewer'), 'pg_class'), '') <> '{known}' THEN
                {DROP}
                {text}
                COMMENT ON VIEW {SCHEMA}.viewer IS '{known}';
            END IF;
        END $outer$;"""


def drop_before_migrations(plan: Any = (), **_signal: Any) -> None:
    """Nothing is dropped if there is nothing to migrate: BI tools may be reading."""
    if plan:
        with connection.cursor() as cursor:
            cursor.execute(DROP)


def _build_view_sql(view: View) -> str:
    """Every role may read the views, but only those that `bi_access` makes may enter their schema."""
    name = f"{SCHEMA}.{view.name}"
    columns = ", ".join(f"{sql} AS {column}" for column, (sql, _meaning) in view.columns.items())
    comments = [
        f"COMMENT ON COLUMN {name}.{column} IS '{_quote_sql_text(meaning)}';"
        for column, (_sql, meaning) in view.columns.items()
    ]
    return f"""
        CREATE VIEW {name} WITH (security_barrier) AS
            WITH v AS MATERIALIZED (SELECT * FROM {SCHEMA}.viewer)
            SELECT * FROM (SELECT {columns} FROM {_build_rows_sql(view)}) seen WHERE {SCHEMA}.only_reads();
        GRANT SELECT ON {name} TO PUBLIC;
        {"".join(comments)}"""  # noqa: S608 - all of it is written in view_columns.py


def _build_viewer_sql() -> str:
    """The reader with a column for each way to see records, and for each kind of rows that a permission is needed for."""
    ways = [f"rights && ARRAY[{_quote_texts(way.scopes)}] AS by_{way.name}" for way in WAYS]
    needed = {kind.name: kind.get_right("view") for kind in _get_owned_kinds()}
    needed |= {"cost": "leads.view_source", "mailing": "mailings.view_mailing"}
    may = [f"everything OR '{right}' = ANY (rights) AS may_{name}" for name, right in needed.items()]
    columns = ", ".join(["everything", "user_id", "departments", *ways, *may])
    return f"SELECT {columns} FROM ({READER}) reader"  # noqa: S608


def _get_owned_kinds() -> list[Kind]:
    return [kind for kind in KINDS.values() if isinstance(kind.model.scope, OwnedScope)]


def _quote_texts(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _build_rows_sql(view: View) -> str:
    """The viewer, who is looked up once and not for each row, with what they see."""
    if view.kind:
        kind = KINDS[view.kind]
        return f"v JOIN public.{kind.model._meta.db_table} r ON {_build_visibility_sql(kind)} {view.rows}"
    if view is ACTIVITIES:
        return f"v {view.rows} WHERE {_build_seen_activities_sql()}"
    return f"v {view.rows.format(costs='v.may_cost', mailings=MAILINGS_SEEN)}"


# As the queryset of mailings says.
MAILINGS_SEEN = """v.may_mailing AND
    (v.everything OR v.by_all OR m.by_id = v.user_id OR m.department_id = ANY (v.departments))"""


def _build_visibility_sql(kind: Kind) -> str:
    """The records `r` outside Trash that the viewer sees, as OwnedScope says."""
    ways = " OR ".join(f"({_build_way_sql(way)})" for way in WAYS)
    return f"r.deleted_at IS NULL AND v.may_{kind.name} AND (v.everything OR {ways})"


def _build_way_sql(way: VisibilityWay) -> str:
    conditions = [f"v.by_{way.name}"]
    if way.department:
        conditions.append("r.department_id = ANY (v.departments)")
    if way.own:
        conditions.append("r.owner_id = v.user_id")
    if way.unassigned:
        conditions.append("r.owner_id IS NULL")
    if way.shared:
        conditions.append("r.shared")
    return " AND ".join(conditions)


def _build_seen_activities_sql() -> str:
    """The activities `t` of records that the viewer sees."""
    return " OR ".join(
        f"(t.of = '{kind.name}' AND EXISTS (SELECT FROM public.{kind.model._meta.db_table} r"
        f" WHERE r.id = t.record AND {_build_visibility_sql(kind)}))"
        for kind in _get_owned_kinds()
    )


def _quote_sql_text(text: str) -> str:
    return text.replace("'", "''")
