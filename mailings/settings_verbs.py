"""Changes of mailing templates, mailing lists and senders as operations: the permission that each requires, also for its undo."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.change import Verb
from mailings.models import MailingList, MailingTemplate, Sender

WORDS = {
    "add_mailing_template": ("add", MailingTemplate, _lazy("Add mailing template %(name)s")),
    "edit_mailing_template": ("change", MailingTemplate, _lazy("Edit mailing template %(name)s")),
    "delete_mailing_template": ("delete", MailingTemplate, _lazy("Delete mailing template %(name)s")),
    "add_mailing_list": ("add", MailingList, _lazy("Add mailing list %(name)s")),
    "edit_mailing_list": ("change", MailingList, _lazy("Edit mailing list %(name)s")),
    "add_sender": ("change", Sender, _lazy("Add sender %(name)s")),
    "edit_sender": ("change", Sender, _lazy("Edit sender %(name)s")),
}


def _named(name: str, action: str, model: Any, sentence: Any) -> None:
    """Register a kind of operation."""
    of = model

    class SettingsVerb(Verb):
        kind = name
        icon = "settings"

        @classmethod
        def right(cls, model):
            return of.right(action)

        @classmethod
        def words(cls, parameters, kind):
            rows = of.objects.filter(pk__in=parameters.get("rows", []))
            return sentence % {"name": ", ".join(row.label for row in rows) or _("(deleted)")}


for name, (action, model, sentence) in WORDS.items():
    _named(name, action, model, sentence)
