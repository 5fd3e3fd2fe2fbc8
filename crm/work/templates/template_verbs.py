"""Changes of templates as operations: their names in words, and the permission that each requires, also for its undo.

A change of a shared template requires one, a change of one's own doesn't, so they are different verbs.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.verb_execution import Verb
from crm.work.models.template import Template

WORDS = {
    "add": (_lazy("Add a template"), _lazy("Add template %(name)s")),
    "edit": (_lazy("Edit a template"), _lazy("Edit template %(name)s")),
    "delete": (_lazy("Delete a template"), _lazy("Delete template %(name)s")),
}


def get_change_kind(act: str, *, shared: bool) -> str:
    return f"{act}_shared_template" if shared else f"{act}_template"


def delete_template(row: Template, *, by: Any, channel: str = Operation.Channel.WEB) -> Operation:
    kind = get_change_kind("delete", shared=row.is_shared)
    with record_settings_change(kind, by=by, channel=channel, rows=[row.pk]) as record:
        Template.objects.filter(pk=row.pk).retire()
    return record


def _register_template_verb(act: str, shared: bool) -> None:
    """Register a kind of operation."""
    general, with_name = WORDS[act]

    class TemplateVerb(Verb):
        kind = get_change_kind(act, shared=shared)
        icon = "settings"
        title = "" if shared else general

        @classmethod
        def get_right(cls, model: Any) -> str:
            return Template.get_right("change") if shared else ""

        @classmethod
        def get_label(cls, parameters, kind):
            # The names of others' own templates are only for them.
            rows = Template.objects.filter(pk__in=parameters.get("rows", []))
            names = ", ".join(row.name for row in rows if row.is_shared)
            return with_name % {"name": names} if names else general


for act in WORDS:
    for shared in (False, True):
        _register_template_verb(act, shared)
