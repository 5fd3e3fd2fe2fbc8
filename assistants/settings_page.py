"""Where Settings, the profile and the command palette lead to assistants."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage

NEW_ASSISTANT = SettingsPage(_("New assistant"), "assistant_new", "crm.add_token")
OWN_ASSISTANTS = SettingsPage(_("Assistants"), "own_assistants", "", "bolt")
