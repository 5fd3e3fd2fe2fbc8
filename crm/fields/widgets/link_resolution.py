"""Which records the texts of a column mean that links to them: by number, a unique field, or what identifies their type.

Only records that the importer sees are found. All texts of a column are looked up together.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField

from crm.fields.custom.unique.taken_values import get_comparison_keys, get_holders_by_key, get_unique_fields
from crm.fields.model_fields import KeyColumn
from crm.fields.record_labels import is_bare_number, parse_label_number
from crm.fields.schemas import SCHEMAS, WHOLE_NAME, Schema
from crm.fields.types.field_type import get_field_type
from crm.fields.widgets.link_widgets import FINDERS
from crm.platform.text.text_folding import fold_texts

# What stands around a domain in an address.
AROUND_DOMAIN = re.compile(r"^(?:[a-z]+://)?(?:www\.)?|[/?#].*$")

Found = dict[str, list[int]]


def find_records_by_text(table: str, user: Any, texts: Iterable[str]) -> Found:
    """The IDs of the records that each text means; texts that mean none are missing. A way that finds a record comes before
    the next one, and a number without "#" counts last."""
    kind = SCHEMAS[table]
    if not user.has_perm(kind.get_right("view")):
        return {}
    rows = kind.model.objects.present().visible_to(user)
    ways: list[Callable[[list[str]], Found]] = [
        lambda left: _find_by_number(rows, [text for text in left if not is_bare_number(text)]),
        *(_build_unique_lookup(rows, field) for field in get_unique_fields(kind.name, user)),
        *(_build_field_lookup(rows, kind, name) for name in kind.identified_by),
        lambda left: _find_by_number(rows, left),
    ]
    found: Found = {}
    for way in ways:
        left = list(set(texts) - found.keys())
        if left:
            found |= way(left)
    return found


def _find_by_number(rows: Any, texts: list[str]) -> Found:
    numbers = {text: number for text in texts if (number := parse_label_number(text)) is not None}
    there = set(rows.filter(pk__any=list(numbers.values())).values_list("pk", flat=True))
    return {text: [number] for text, number in numbers.items() if number in there}


def _build_unique_lookup(rows: Any, field: Any) -> Callable[[list[str]], Found]:
    """By the value of a unique custom field."""

    def find_records(texts: list[str]) -> Found:
        widget = field.type.widget(field)
        widget.prepare(None)
        values = {text: value for text in texts if (value := _clean_or_none(widget, text)) is not None}
        keys = get_comparison_keys(field, values.values())
        by_key = get_holders_by_key(field, keys.values())
        seen = set(rows.filter(pk__any=list(by_key.values())).values_list("pk", flat=True))
        of_text = {text: by_key.get(keys.get(value, "")) for text, value in values.items()}
        return {text: [pk] for text, pk in of_text.items() if pk is not None and pk in seen}

    return find_records


def _clean_or_none(widget: Any, text: str) -> Any:
    try:
        return widget.clean(text)
    except ValueError:
        return None


def _build_field_lookup(rows: Any, kind: Schema, name: str) -> Callable[[list[str]], Found]:
    """By a field of the record, such as its name, or one with several values."""
    field: Any = kind.model._meta.get_field("name_key" if name == WHOLE_NAME else name)
    is_list = isinstance(field, ArrayField)
    column = field.name if is_list else get_field_type(field).get_sort_column(field)
    key = kind.model._meta.get_field(column)

    def find_records(texts: list[str]) -> Found:
        by_text = _get_possible_keys(key, texts)
        wanted = list({one for keys in by_text.values() for one in keys if one})
        having = rows.filter(**{f"{column}__overlap" if is_list else f"{column}__in": wanted})
        ids: dict[str, list[int]] = defaultdict(list)
        for value, pk in having.order_by("pk").values_list(column, "pk"):
            for one in value if is_list else [value]:
                ids[str(one)].append(pk)
        return {text: ids[one] for text, keys in by_text.items() for one in keys if one in ids}

    return find_records


def _get_possible_keys(key: Any, texts: list[str]) -> dict[str, list[str]]:
    """How the column may have each text: folded like a key column, or as it is and as a domain."""
    if not isinstance(key, KeyColumn):
        return {text: [text, AROUND_DOMAIN.sub("", text.lower())] for text in texts}
    return {text: [one] for text, one in fold_texts(texts, function=key.fold, length=key.max_length).items()}


FINDERS.append(find_records_by_text)
