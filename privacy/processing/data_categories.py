"""Of whom this installation stores data, and which data: the fields that exist, custom ones included."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Activity, CustomField
from crm.records.kinds.kind_registry import KINDS, Kind
from customers.models import Consent
from intake.models import Submission

# Companies and deals are about people only as far as they name them.
OF_PERSONS = ("lead", "contact", "request")


def get_person_categories() -> list[tuple[Any, str]]:
    """The categories that have records. How many isn't said, because a reader may not see all of them."""
    found: list[tuple[Any, Any]] = [(KINDS[name].words.many, KINDS[name].model) for name in OF_PERSONS]
    found += [(_("visitors who sent a web form"), Submission), (_("users"), User)]
    present = [str(label) for label, model in found if model._default_manager.exists()]
    return [(_("Stored are"), ", ".join(present))] if present else []


def describe_stored_data(sensitive: list[str]) -> list[tuple[Any, str]]:
    """The fields of each record type, then what belongs to records and users."""
    found = [(kind.words.many, ", ".join(_get_field_labels(kind, sensitive))) for kind in KINDS.values()]
    if types := Activity.objects.order_by("type").values_list("type", flat=True).distinct():
        labels = dict(Activity.Type.choices)
        found.append((_("Activities"), ", ".join(str(labels.get(one, one)) for one in types)))
    if Consent.objects.exists():
        found.append((_("Consent"), _("purpose, text, time, source and how it was given")))
    found.append((_("Users"), _("name, email, roles, departments, and network addresses of sign-ins")))
    return found


def _get_field_labels(kind: Kind, sensitive: list[str]) -> list[str]:
    """The labels of the fields in the form of a record; those that an administrator marked say so."""
    names = [name for names in kind.fields.FORM.values() for name in names]
    labels = [str(capfirst(kind.get_label(name))) for name in names]
    for field in kind.get_custom_fields():
        marked = build_field_name(kind.name, field.definition) in sensitive
        label = str(capfirst(field.verbose_name))
        labels.append(_("%(field)s (sensitive)") % {"field": label} if marked else label)
    return labels


def build_field_name(table: str, definition: CustomField) -> str:
    return f"{table} c{definition.pk}"


def get_custom_field_choices() -> list[tuple[str, str]]:
    """The custom fields of all record types as choices."""
    return [
        (
            build_field_name(kind.name, field.definition),
            f"{capfirst(str(kind.words.many))}: {capfirst(str(field.verbose_name))}",
        )
        for kind in KINDS.values()
        for field in kind.get_custom_fields()
    ]
