"""Changes of the purposes of consent as operations: the permission that they require, also for their undo."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.editing.settings_change import register_settings_verb
from customers.models import ConsentPurpose

WORDS = {
    "add_consent_purpose": _lazy("Add the purpose of consent %(name)s"),
    "edit_consent_purpose": _lazy("Edit the purpose of consent %(name)s"),
}


def _register_consent_verb(name: str, sentence: Any) -> None:
    """Register a kind of operation."""

    def words(parameters: dict) -> str:
        rows = ConsentPurpose.objects.filter(pk__in=parameters.get("rows", []))
        return str(sentence % {"name": ", ".join(row.name for row in rows) or _("(deleted)")})

    register_settings_verb(name, ConsentPurpose.get_right("change"), words)


for name, sentence in WORDS.items():
    _register_consent_verb(name, sentence)
