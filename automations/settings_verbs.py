"""Changes of automations as operations: the permission that each requires, also for its undo, and its name in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from automations.models import Automation
from crm.records.editing.settings_change import register_settings_verb

SENTENCES = {
    "add_automation": ("add", _lazy("Add the automation “%(name)s”")),
    "edit_automation": ("change", _lazy("Edit the automation “%(name)s”")),
    "retire_automation": ("delete", _lazy("Delete the automation “%(name)s”")),
}
# The parameter `act` of "edit_automation".
ACTS = {
    "on": _lazy("Turn on the automation “%(name)s”"),
    "off": _lazy("Turn off the automation “%(name)s”"),
    "order": _lazy("Reorder automations"),
}
EVENTS = [
    (
        _lazy("Automations"),
        [
            ("add_automation", _lazy("automation added")),
            ("edit_automation", _lazy("automation edited")),
            ("retire_automation", _lazy("automation deleted")),
            ("run_automation", _lazy("automation acted")),
            ("call_webhook", _lazy("called by a step of an automation")),
            ("undo_automation_day", _lazy("day of an automation undone")),
        ],
    )
]


def get_automation_name(parameters: dict) -> str:
    """The current names of the automations that an operation is about."""
    rows = Automation.objects.filter(pk__in=parameters.get("rows", [])).in_order()
    return ", ".join(row.name for row in rows) or _("(deleted)")


def _register_settings_verb(name: str, action: str, sentence: Any) -> None:
    def words(parameters: dict) -> str:
        found = ACTS.get(parameters.get("act", ""), sentence)
        return found % {"name": get_automation_name(parameters)}

    register_settings_verb(name, Automation.get_right(action), words, "bolt")


for name, (action, sentence) in SENTENCES.items():
    _register_settings_verb(name, action, sentence)
