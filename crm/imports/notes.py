"""What the page of the columns says beside each column."""

from django.utils.translation import gettext as _

from crm.fields.texts import Code, Phone
from crm.fields.type import type_of
from crm.imports.columns import TO_DESCRIPTION, days_of
from crm.imports.words import bare, field_by_word
from crm.models import Import
from crm.records.kinds import KINDS, Kind


def note_on(imported: Import, place: int) -> str:
    kind = KINDS[imported.table]
    column, name = imported.columns[place], imported.mapping[place]
    meant = field_by_word(kind).get(bare(column["heading"]), "")
    if not column["filled"]:
        return _("Empty")
    if not name and meant == "newsletter":
        return _("Consent is not imported")
    if not name and meant in kind.resource.never_read:
        return _("Only the product writes this")
    if not name and meant == "id":
        return _("Not our ids")
    return _notes(kind, imported, column, name)


def _notes(kind: Kind, imported: Import, column: dict, name: str) -> str:
    if name == "id":
        return _("Matches known ones")
    if name == "version":
        return _("Shows newer edits")
    if name == TO_DESCRIPTION:
        return _("Added to the description of new ones")
    if name in days_of(kind):
        order = _("Day first") if imported.options.get("day_first", True) else _("Month first")
        return _("Only for new ones") + f". {order}" if name in kind.resource.only_for_new else order
    if keeps_zeros(kind, name) and any(text.startswith("0") for text in column["samples"]):
        return _("Leading zeros kept")
    return ""


def keeps_zeros(kind: Kind, name: str) -> bool:
    """Whether the field holds what begins with zeros that count: phones and codes."""
    by_name = {field.name: field for field in kind.model._meta.concrete_fields}
    return name in by_name and type(type_of(by_name[name])) in (Phone, Code)
