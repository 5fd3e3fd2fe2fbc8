"""What a condition costs that no index serves: a form says so before the list compares every visible record."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.conditions.condition_operator import Operator
from crm.fields.custom.indexes.indexed_fields import INDEXED_OPERATORS
from crm.fields.custom.unique.taken_values import is_unique
from crm.fields.custom.values.field_registry import get_custom_field, is_custom
from crm.fields.custom.values.json_types import is_quick
from crm.fields.types.field_type import get_field_type
from crm.platform.sql.expressions import estimate_rows
from crm.platform.text.quotation import quote_text
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import FilterPlace
from crm.records.listing.record_list import RecordList
from crm.templatetags.look import number

# Fewer records are compared within a second.
LARGE = 100_000
# A formula is computed for each record before it is compared.
TIMES_FOR_FORMULAS = 2
# Of a million leads; comparing a text also removes its capitals and accents.
PER_SECOND = 500_000
TEXTS_PER_SECOND = 200_000


def get_cost_warning(kind: Kind, field: Any, operators: Iterable[Operator], place: FilterPlace) -> str:
    """The sentence for the conditions of this form that read every record; '' if all are fast in this list."""
    slow = [operator for operator in operators if lacks_index(kind, field, operator)]
    if not slow or (records := estimate_compared_rows(kind, place)) < LARGE:
        return ""
    texts = any(operator.asks == "text" for operator in slow)
    per_second = TEXTS_PER_SECOND if texts else PER_SECOND
    if getattr(field, "formula", None):
        per_second //= TIMES_FOR_FORMULAS
    if len(slow) == len(list(operators)):
        return _describe_cost(kind, records, per_second)
    told = {
        "conditions": _(" or ").join(quote_text(operator.label) for operator in slow),
        "records": kind.words.counted(records),
        "time": _format_seconds(records, per_second),
    }
    return (
        _("With %(conditions)s, this filter searches about %(records)s, which takes about %(time)s.") % told
    )


def get_choices_warning(kind: Kind, name: str, place: FilterPlace) -> str:
    """The same for a filter by choices: only those of custom fields have no index."""
    field = get_custom_field(kind.name, name)
    if field is None or is_quick(field) or (records := estimate_compared_rows(kind, place)) < LARGE:
        return ""
    return _describe_cost(kind, records, PER_SECOND)


def _describe_cost(kind: Kind, records: int, per_second: int) -> str:
    words = _("This filter searches about %(records)s, which takes about %(time)s.")
    return words % {"records": kind.words.counted(records), "time": _format_seconds(records, per_second)}


def _format_seconds(records: int, per_second: int) -> str:
    seconds = max(1, round(records / per_second))
    return ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": number(seconds)}


def estimate_compared_rows(kind: Kind, place: FilterPlace) -> int:
    """How many records the planner expects in the list beside this filter, in two digits. An alternative is compared with
    all that the user sees."""
    user, records = place.listing.viewer, kind.model.objects
    rows = (
        records.present().visible_to(user)
        if place.either
        else RecordList(kind, place.other_filters, user).visible
    )
    exact = estimate_rows(rows)
    return int(round(exact, 2 - len(str(int(exact)))))


def lacks_index(kind: Kind, field: Any, operator: Operator) -> bool:
    """Whether no index finds the records that meet a condition. Most records meet "is not", so a page of them is found
    without one."""
    if operator.name == "is" and is_unique(field):
        return False
    if operator.name == "is_not" or (operator.searched and field.name in kind.fields.SEARCH):
        return False
    if is_custom(field):
        # Empty fields are usually many, so a page of them is found by walking.
        return not is_quick(field) or operator.name not in {*INDEXED_OPERATORS, "empty"}
    return operator.name in ("contains", "ends") or not _has_index(kind, field)


def _has_index(kind: Kind, field: Any) -> bool:
    if getattr(field, "primary_key", False):
        return True
    columns = {get_field_type(field).get_sort_column(field), field.column}
    return any(columns & {name.lstrip("-") for name in index.fields} for index in kind.model._meta.indexes)
