"""What a change did to the records that it counts: added, moved to Trash, restored. The list of changes names it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Operation

# What happened to records, by the kind of the operation; COUNTED_BACK is the same for its undo.
COUNTED = {
    "add": _("%(counted)s added"),
    "bin": _("%(counted)s moved to Trash"),
    "restore": _("%(counted)s restored"),
    "purge": _("%(counted)s deleted permanently"),
}
COUNTED_BACK = {
    "add": _("%(counted)s moved to Trash"),
    "bin": _("%(counted)s restored"),
    "restore": _("%(counted)s moved to Trash"),
    "purge": _("%(counted)s restored"),
}


def get_count_label(record: Operation) -> str | Promise:
    """What happened to the records that an operation counts, as a sentence with %(counted)s."""
    if not record.undoes:
        return COUNTED.get(record.kind, _("%(counted)s changed"))
    undone = record.undoes
    added = (
        undone.kind == "import" and undone.parameters.get("added") and not undone.parameters.get("changed")
    )
    return COUNTED_BACK.get("add" if added else undone.kind, _("%(counted)s undone"))
