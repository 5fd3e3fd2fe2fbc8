"""The changes of forms and stop words as operations: the permission that each requires, also for its undo."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.editing.settings_change import register_settings_verb
from intake.models import StopWord, WebForm

WORDS = {
    "add_web_form": ("add", WebForm, _lazy("Add web form %(name)s")),
    "edit_web_form": ("change", WebForm, _lazy("Edit web form %(name)s")),
    "delete_web_form": ("delete", WebForm, _lazy("Delete web form %(name)s")),
    "add_stop_word": ("change", StopWord, _lazy("Add stop word %(name)s")),
    "delete_stop_word": ("change", StopWord, _lazy("Delete a stop word")),
}


def _register_form_verb(name: str, action: str, model: Any, sentence: Any) -> None:
    """Register a kind of operation."""

    def words(parameters: dict) -> str:
        rows = model.objects.filter(pk__in=parameters.get("rows", []))
        return sentence % {"name": ", ".join(row.label for row in rows) or _("(deleted)")}

    register_settings_verb(name, WebForm.get_right(action), words)


for name, (action, model, sentence) in WORDS.items():
    _register_form_verb(name, action, model, sentence)
