"""Custom dates and times that imports stored with the offset of a time zone are stored in UTC, as all others are. So are those
in recorded changes, which undo compares with the values and writes back, and in checked files that wait for their import.

An import of the previous version that runs meanwhile may store some more: `manage.py migrate customers 0018`, then
`manage.py migrate customers` repairs them too.
"""

from django.db import connections, migrations, transaction

AT_ONCE = 5_000
# What may be written differently, and how it should be: UTC in whole seconds.
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d(:\d\d(\.\d+)?)?)$"
NORMAL = r"^.{19}\+00:00$"
# The record types with their values and their records, and their names in the history.
TYPES = [
    ("lead", "leads_leadvalues", "leads_lead"),
    ("company", "customers_companyvalues", "customers_company"),
    ("contact", "customers_contactvalues", "customers_contact"),
    ("deal", "customers_dealvalues", "customers_deal"),
    ("request", "customers_requestvalues", "customers_request"),
]
# Also those that had this type once: the undo of a change of type puts their former values back.
KEYS = """
    SELECT 'c' || f.id, f.type = 'moment' FROM crm_customfield f WHERE f.table_of = %s AND (f.type = 'moment' OR f.id IN (
        SELECT c."row" FROM crm_change c WHERE c."table" = 'custom_field' AND c.fields->'type' ? 'moment'))"""


def is_wrong(told: str) -> str:
    return f"coalesce({told} #>> '{{}}' ~ '{MOMENT}' AND {told} #>> '{{}}' !~ '{NORMAL}', false)"


def repaired(told: str) -> str:
    moment = f"date_trunc('second', ({told} #>> '{{}}')::timestamptz) AT TIME ZONE 'UTC'"
    text = f"to_jsonb(to_char({moment}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+00:00')"
    return f"CASE WHEN {is_wrong(told)} THEN {text} ELSE {told} END"


def repaired_object(column: str, wanted: str) -> str:
    """The values of a column whose keys are wanted, or NULL if all are right."""
    return f"""SELECT jsonb_object_agg(e.key, {repaired("e.value")}) FROM jsonb_each({column}) e
        WHERE {wanted} AND {is_wrong("e.value")}"""


def repair(_apps, editor) -> None:
    known = connections[editor.connection.alias]
    for name, values, records in TYPES:
        with known.cursor() as cursor:
            cursor.execute(KEYS, [name])
            keys = dict(cursor.fetchall())
        if present := [key for key, is_moment in keys.items() if is_moment]:
            repair_values(known, values, records, present)
        if keys:
            with transaction.atomic(using=known.alias), known.cursor() as cursor:
                repair_changes(cursor, name, list(keys))
        with transaction.atomic(using=known.alias), known.cursor() as cursor:
            repair_plans(cursor, name, list(keys))


def repair_values(known, values: str, records: str, keys: list[str]) -> None:
    """Each part in a transaction of its own, which locks the records first, as all changes do. The history doesn't record it."""
    last, ids = 0, [0]
    while ids:
        with transaction.atomic(using=known.alias), known.cursor() as cursor:
            cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
            cursor.execute(
                f"""SELECT v.record_id FROM {values} v WHERE v.record_id > %s AND EXISTS (
                        SELECT FROM jsonb_each(v.values) e WHERE e.key = ANY(%s) AND {is_wrong("e.value")})
                    ORDER BY 1 LIMIT {AT_ONCE}""",
                [last, keys],
            )
            ids = [pk for (pk,) in cursor.fetchall()]
            last = max([last, *ids])
            cursor.execute(f"SELECT id FROM {records} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
            cursor.execute(
                f"""UPDATE {values} v SET values = v.values || coalesce((
                    {repaired_object("v.values", "e.key = ANY(%s)")}), '{{}}') WHERE v.record_id = ANY(%s)""",
                [keys, ids],
            )
            cursor.execute("SELECT set_config('leadwell.machine', '', true)")


def repair_changes(cursor, name: str, keys: list[str]) -> None:
    """Each recorded value is a list of the one before and the one after."""
    cursor.execute(
        f"""UPDATE crm_change c SET fields = c.fields || wrong.fields FROM (
                SELECT c.id, c.at, jsonb_object_agg(e.key, jsonb_build_array(
                    {repaired("(e.value->0)")}, {repaired("(e.value->1)")})) AS fields
                FROM crm_change c CROSS JOIN LATERAL jsonb_each(c.fields) e
                WHERE c."table" = %s AND c.fields ?| %s AND e.key = ANY(%s)
                AND ({is_wrong("(e.value->0)")} OR {is_wrong("(e.value->1)")})
                GROUP BY c.id, c.at) wrong
            WHERE c.id = wrong.id AND c.at = wrong.at""",
        [name, keys, keys],
    )


def repair_plans(cursor, name: str, keys: list[str]) -> None:
    """Also the values of fields that the import will create, whose keys begin with "new_"."""
    for column in ('p."values"', "p.old"):
        wanted = "(e.key = ANY(%s) OR e.key LIKE 'new\\_%%')"
        cursor.execute(
            f"""UPDATE crm_plannedrow p SET {column.removeprefix("p.")} = {column} || found.fixed FROM (
                    SELECT p.of_id, p."row", ({repaired_object(column, wanted)}) AS fixed
                    FROM crm_plannedrow p JOIN crm_import i ON i.id = p.of_id
                    WHERE i."table" = %s AND i.state = 'plan' AND p.action <> '') found
                WHERE p.of_id = found.of_id AND p."row" = found."row" AND found.fixed IS NOT NULL""",
            [keys, name],
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("crm", "0043_primary_of_replicas"),
        ("customers", "0018_consent_words"),
        ("leads", "0026_stuck_leads_by_department"),
    ]

    operations = [migrations.RunPython(repair, migrations.RunPython.noop, atomic=False)]
