"""Changes of the settings of mailings as operations: the permission that each requires, also for its undo."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.editing.settings_change import register_settings_verb
from mailings.models import MailingAccount, MailingList, MailingTemplate, Sender, Suppression

WORDS = {
    "add_mailing_template": ("add", MailingTemplate, _lazy("Add mailing template %(name)s")),
    "edit_mailing_template": ("change", MailingTemplate, _lazy("Edit mailing template %(name)s")),
    "delete_mailing_template": ("delete", MailingTemplate, _lazy("Delete mailing template %(name)s")),
    "add_mailing_list": ("add", MailingList, _lazy("Add mailing list %(name)s")),
    "edit_mailing_list": ("change", MailingList, _lazy("Edit mailing list %(name)s")),
    "add_sender": ("change", Sender, _lazy("Add sender %(name)s")),
    "edit_sender": ("change", Sender, _lazy("Edit sender %(name)s")),
    "add_mailing_account": ("change", MailingAccount, _lazy("Add mailing account %(name)s")),
    "edit_mailing_account": ("change", MailingAccount, _lazy("Edit mailing account %(name)s")),
    "remove_mailing_account": ("change", MailingAccount, _lazy("Remove mailing account %(name)s")),
    "add_suppression": ("add", Suppression, _lazy("Add %(name)s to the suppression list")),
    # Without the addresses, so that operations keep none.
    "import_suppressions": ("add", Suppression, _lazy("Import addresses to the suppression list")),
    "remove_suppression": ("delete", Suppression, _lazy("Remove an address from the suppression list")),
}


def _register_settings_verb(name: str, action: str, model: Any, sentence: Any) -> None:
    """Register a kind of operation."""

    def words(parameters: dict) -> str:
        rows = model.objects.filter(pk__in=parameters.get("rows", []))
        found = ", ".join(row.label for row in rows) or parameters.get("name")
        return sentence % {"name": found or _("(deleted)")}

    register_settings_verb(name, model.get_right(action), words)


for name, (action, model, sentence) in WORDS.items():
    _register_settings_verb(name, action, model, sentence)
