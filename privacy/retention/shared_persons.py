"""Which of the leads that are due share their person with a record that isn't: a lead, contact or request with the same email; or
have a request or a deal to which something has happened lately.

The emails of all due leads are compared at once with those of each table, because most of their columns have no index for this.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from leads.models import Lead

# A record in Trash stays no longer than the lead if nothing has happened to it for as long; neither does a request.
UNTOUCHED = "o.updated_at < %s"
# By table: the columns with emails, and which of its records stay when the lead goes.
RECORDS: dict[str, tuple[Sequence[str], str]] = {
    "leads_lead": (
        ("email_key", "second_email_key"),
        f"o.id NOT IN (SELECT id FROM leaving) AND NOT (o.deleted_at IS NOT NULL AND {UNTOUCHED})",
    ),
    "customers_contact": (
        ("email_key", "second_email_key"),
        f"NOT (o.deleted_at IS NOT NULL AND {UNTOUCHED})",
    ),
    "customers_request": (("email_key",), f"NOT {UNTOUCHED}"),
}
BY_EMAIL = """
    SELECT k.id FROM keys k JOIN {table} o ON o.{column} = k.key AND o.{column} <> ''
    WHERE o.erased_at IS NULL AND {stays}"""
LINKED = f"""
    SELECT due.id FROM due JOIN customers_request o ON o.lead_id = due.id
    WHERE o.erased_at IS NULL AND (o.contact_id IS NOT NULL OR NOT {UNTOUCHED})
    UNION SELECT due.id FROM due JOIN customers_deal o ON o.lead_id = due.id WHERE o.deleted_at IS NULL AND NOT {UNTOUCHED}"""
# The leads that are due are looked up once: another rule's are `others`.
PARTED = """
    WITH due(id, email_key, second_email_key) AS MATERIALIZED ({due}),
    leaving(id) AS MATERIALIZED (SELECT id FROM due{others}),
    keys AS MATERIALIZED (
      SELECT due.id, key FROM due, unnest(ARRAY[due.email_key, due.second_email_key]) key WHERE key <> ''
    ),
    sharing(id) AS MATERIALIZED ({found})
    """
ALONE, SHARING = "SELECT id FROM due EXCEPT SELECT id FROM sharing", "SELECT id FROM sharing"


def build_unshared_ids_sql(due: QuerySet[Lead], others: Sequence[QuerySet[Lead]], since: datetime) -> RawSQL:
    """The ids of those among `due` whose person is in no record that stays. `others` are the leads that other rules are about to
    erase, and `since` is the time from which on a change keeps a record in Trash, or a request."""
    return _build_sharing_sql(ALONE, due, others, since)


def build_sharing_ids_sql(due: QuerySet[Lead], others: Sequence[QuerySet[Lead]], since: datetime) -> RawSQL:
    """The ids of the rest of them."""
    return _build_sharing_sql(SHARING, due, others, since)


def _build_sharing_sql(
    asked: str, due: QuerySet[Lead], others: Sequence[QuerySet[Lead]], since: datetime
) -> RawSQL:
    columns = due.order_by().values_list("pk", "email_key", "second_email_key")
    sql, parameters = columns.query.sql_with_params()
    rest: list[tuple[str, tuple]] = [
        rows.order_by().values_list("pk").query.sql_with_params() for rows in others
    ]
    found = [
        BY_EMAIL.format(table=table, column=name, stays=stays)
        for table, (names, stays) in RECORDS.items()
        for name in names
    ]
    whole = " UNION ".join([*found, LINKED])
    statement = PARTED.format(
        due=sql, others="".join(f" UNION ALL {text}" for text, _values in rest), found=whole
    )
    values = [*parameters, *(value for _text, values in rest for value in values)]
    return RawSQL(statement + asked, [*values, *[since] * whole.count("%s")])
