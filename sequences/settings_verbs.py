"""Changes of sequences as operations: the permission that each requires, also for its undo, and its name in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.editing.settings_change import register_settings_verb
from sequences.models import Sequence

SENTENCES = {
    "add_sequence": ("add", _lazy("Add the sequence “%(name)s”")),
    "edit_sequence": ("change", _lazy("Edit the sequence “%(name)s”")),
    "retire_sequence": ("delete", _lazy("Delete the sequence “%(name)s”")),
}
# The parameter `act` of "edit_sequence".
ACTS = {
    "on": _lazy("Turn on the sequence “%(name)s”"),
    "off": _lazy("Turn off the sequence “%(name)s”"),
    "order": _lazy("Reorder sequences"),
}
EVENTS = [
    (
        _lazy("Sequences"),
        [
            ("add_sequence", _lazy("sequence added")),
            ("edit_sequence", _lazy("sequence edited")),
            ("retire_sequence", _lazy("sequence deleted")),
            ("start_sequence", _lazy("sequence started")),
            ("stop_sequence", _lazy("sequence stopped")),
            ("finish_sequence", _lazy("sequence finished")),
            ("run_sequence", _lazy("step of a sequence done")),
            ("edit_coming_email", _lazy("coming email of a sequence edited")),
            ("opt_out", _lazy("recipient unsubscribed or subscribed again")),
        ],
    )
]


def get_sequence_names(parameters: dict) -> str:
    """The current names of the sequences that an operation on settings is about."""
    rows = Sequence.objects.filter(pk__in=parameters.get("rows", [])).in_order()
    return ", ".join(row.name for row in rows) or _("(deleted)")


def _register_settings_verb(name: str, action: str, sentence: Any) -> None:
    def words(parameters: dict) -> str:
        found = ACTS.get(parameters.get("act", ""), sentence)
        return found % {"name": get_sequence_names(parameters)}

    register_settings_verb(name, Sequence.get_right(action), words, "sequence")


for name, (action, sentence) in SENTENCES.items():
    _register_settings_verb(name, action, sentence)
