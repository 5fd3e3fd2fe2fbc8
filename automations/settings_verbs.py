"""Changes of automations as operations: the permission that each requires, also for its undo, and its name in words."""

from django.utils.translation import gettext_lazy as _lazy

from automations.models import Automation
from crm.records.editing.settings_change import register_rule_verbs

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


register_rule_verbs(Automation, SENTENCES, ACTS, "bolt")
