"""The values that occur more than once, which keep a custom field from becoming unique."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, F, Func, Min, TextField, Value

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import annotate_all_values
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField

EXAMPLES = 5


@dataclass(frozen=True)
class RepeatedValue:
    """A value that several records have, with the list of those that the reader sees."""

    text: str
    count: int
    url: str


def count_repeated_values(definition: CustomField) -> int:
    """How many values several records have, without those in Trash."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                   SELECT FROM leadwell_unique_keys(%s) WHERE present GROUP BY key HAVING count(*) > 1) several""",
            [definition.pk],
        )
        return int(cursor.fetchone()[0])


def get_repeated_examples(definition: CustomField, user: Any) -> list[RepeatedValue]:
    """Some of these values: those that several of the records have that the user sees."""
    kind = SCHEMAS[definition.table_of]
    rows: Any = kind.model.objects
    key = Func(
        Value(definition.type), F(f"custom_values__values__{definition.key}"),
        function="leadwell_unique_key", output_field=TextField(),
    )  # fmt: skip
    seen = rows.present().visible_to(user).filter(custom_values__values__has_key=definition.key)
    several = seen.annotate(key=key).order_by().values("key").annotate(first=Min("pk"), count=Count("pk"))
    several = several.filter(key__isnull=False, count__gt=1).order_by("-count", "first")
    found = dict(several.values_list("first", "count")[:EXAMPLES])
    values = dict(annotate_all_values(rows.filter(pk__any=list(found))).values_list("pk", "custom"))
    field = get_custom_field(kind.name, definition.key)
    return [
        RepeatedValue(
            field.type.format_value(field, field.to_python(values[pk][definition.key])),
            count,
            f"{kind.list_url}?{urlencode({f'{definition.key}.is': values[pk][definition.key]})}",
        )
        for pk, count in found.items()
    ]
