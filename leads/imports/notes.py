"""What the page of the columns says beside each column."""

from django.utils.translation import gettext as _

from leads.excel import NEVER_READ, ONLY_FOR_NEW
from leads.imports.columns import DATES, TO_DESCRIPTION
from leads.imports.words import bare, field_by_word
from leads.models import Import


def note_on(imported: Import, place: int) -> str:
    column, name = imported.columns[place], imported.mapping[place]
    meant = field_by_word().get(bare(column["heading"]), "")
    if not column["filled"]:
        return _("Empty")
    if not name and meant == "newsletter":
        return _("Consent is not imported")
    if not name and meant in NEVER_READ:
        return _("Only the product writes this")
    if not name and meant == "id":
        return _("Not our ids")
    return _notes(imported, column, name)


def _notes(imported: Import, column: dict, name: str) -> str:
    if name == "id":
        return _("Matches known leads")
    if name == "version":
        return _("Shows newer edits")
    if name == TO_DESCRIPTION:
        return _("Added to the description of new leads")
    if name in DATES:
        order = _("Day first") if imported.options.get("day_first", True) else _("Month first")
        return _("Only for new leads") + f". {order}" if name in ONLY_FOR_NEW else order
    if name in ("phone", "mobile", "zip") and any(text.startswith("0") for text in column["samples"]):
        return _("Leading zeros kept")
    return ""
