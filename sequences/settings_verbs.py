"""Changes of sequences as operations: the permission that each requires, also for its undo, and its name in words."""

from django.utils.translation import gettext_lazy as _lazy

from crm.records.editing.settings_change import register_rule_verbs
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


register_rule_verbs(Sequence, SENTENCES, ACTS, "sequence")
