"""The fields of the conversion page for values of the lead that a new company or contact doesn't accept: the user chooses others
or leaves them empty."""

from typing import Any

from accounts.models import User
from crm.fields.custom.unique.taken_values import get_holders_by_field, get_taken_sentence
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.fields.types.field_type import EMPTY_VALUES
from crm.platform.web.rendering.form_rendering import prepare_widgets
from customers.conversion.conversion_plan import NEW
from customers.conversion.custom_value_copy import (
    ConversionGap,
    get_field_pairs,
    get_taken_unique_values,
    get_value_gaps,
)
from customers.conversion.field_mapping import get_leads_with_values
from customers.models import ConversionRules
from leads.models import Lead

TABLES = ("company", "contact")
# The hidden inputs that name the fields of the page: an empty one may not be sent at all.
SEEN = "asked"


def add_gap_fields(form: Any, user: User) -> list[ConversionGap]:
    """Add a field for each gap, named by the custom field of the new record."""
    rules = ConversionRules.get_current()
    if not rules.mapping:
        return []
    [lead] = get_leads_with_values(Lead.objects.filter(pk=form.lead.pk), rules.mapping)
    found: list[ConversionGap] = []
    for table in TABLES:
        pairs = get_field_pairs(table, rules.mapping)
        found += get_value_gaps(lead, table, pairs, user, get_taken_unique_values([lead], table, pairs))
    for gap in found:
        asked = build_form_field(gap.target, user)
        asked.label, asked.required, asked.help_text = gap.target.verbose_name, False, gap.sentence
        form.fields[gap.target.name] = asked
    prepare_widgets(form)
    return found


def check_values(form: Any, data: dict[str, Any]) -> None:
    """Only the fields of new records count. One that the user hasn't seen yet isn't left empty for them, and a unique value is
    still free."""
    seen = form.data.getlist(SEEN)
    for gap in form.gaps:
        name = gap.target.name
        if data.get(gap.table) != NEW:
            form.errors.pop(name, None)
        elif name not in seen:
            form.add_error(name, gap.sentence)
        elif data.get(name) not in EMPTY_VALUES and get_holders_by_field(gap.table, {name: data[name]}):
            form.add_error(name, get_taken_sentence())


def get_chosen_values(form: Any) -> dict[str, Any]:
    """By the custom field of the new record."""
    return {gap.target.name: form.cleaned_data.get(gap.target.name) for gap in form.gaps}


def get_gap_fields(form: Any, table: str) -> list[Any]:
    return [form[gap.target.name] for gap in form.gaps if gap.table == table]
