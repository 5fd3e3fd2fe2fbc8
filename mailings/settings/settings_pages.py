"""What the other screens show of templates, lists and senders of mailings: tabs, permissions, and events for webhooks."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import SettingsPage
from accounts.roles.permissions import PermissionRow

# The group of Settings that these pages are in.
GROUP = _("Mailings")
TABS = [
    SettingsPage(_("Mailing templates"), "mailing_templates", "mailings.view_mailingtemplate"),
    SettingsPage(_("Mailing lists"), "mailing_lists", "mailings.view_mailinglist"),
    SettingsPage(_("Senders of mailings"), "mailing_senders", "mailings.change_sender"),
    SettingsPage(_("Suppression list"), "mailing_settings:suppressed", "mailings.view_suppression"),
    SettingsPage(_("Mailing accounts"), "mailing_settings:accounts", "mailboxes.view_mailbox"),
]
ADD_PAGES = [
    SettingsPage(_("New mailing template"), "mailing_template_new", "mailings.add_mailingtemplate"),
    SettingsPage(_("New mailing list"), "mailing_list_new", "mailings.add_mailinglist"),
]
ROWS = [
    PermissionRow(_("Mailing templates"), "mailings", "mailingtemplate"),
    PermissionRow(_("Mailing lists"), "mailings", "mailinglist", standard=("view", "add", "change")),
    PermissionRow(
        _("Senders of mailings"),
        "mailings",
        "sender",
        standard=("change",),
        hint=_("The names and signatures of departments that the user sees."),
    ),
]
EVENTS = [
    (
        _("Content of mailings"),
        [
            ("edit_mailing_content", _("content of a mailing edited")),
            ("attach_mailing_files", _("files attached to a mailing")),
            ("remove_mailing_file", _("file removed from a mailing")),
            ("add_mailing_template", _("mailing template added")),
            ("edit_mailing_template", _("mailing template edited")),
            ("delete_mailing_template", _("mailing template deleted")),
            ("add_mailing_list", _("mailing list added")),
            ("edit_mailing_list", _("mailing list edited")),
            ("add_sender", _("sender of mailings added")),
            ("edit_sender", _("sender of mailings edited")),
        ],
    ),
    (
        _("Mailing accounts and the suppression list"),
        [
            ("add_mailing_account", _("mailing account added")),
            ("edit_mailing_account", _("mailing account edited")),
            ("remove_mailing_account", _("mailing account removed")),
            ("add_suppression", _("address added to the suppression list")),
            ("import_suppressions", _("addresses imported to the suppression list")),
            ("remove_suppression", _("address removed from the suppression list")),
        ],
    ),
]
