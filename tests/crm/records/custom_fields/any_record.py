"""What tests of custom fields write and read, for any record type."""

from crm.models import CustomField
from crm.records.history.verb_execution import carry_out, operation


def write(kind, row, by, **changes):
    return carry_out(kind.edit(changes), kind.model.objects.filter(pk=row.pk), by=by)


def values(row) -> dict:
    held = type(row)._meta.get_field("custom_values").related_model
    return held.objects.filter(record=row.pk).values_list("values", flat=True).first() or {}


def redefine(field, **wanted) -> None:
    """Change the definition of a field, as an administrator would."""
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(**wanted)
