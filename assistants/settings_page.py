"""Where Settings and the command palette offer a new assistant."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage

NEW_ASSISTANT = SettingsPage(_("New assistant"), "assistant_new", "crm.add_token")
