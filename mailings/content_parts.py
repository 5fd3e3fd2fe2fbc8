"""What the other screens show of templates, lists and senders of mailings: tabs, permissions, and events for webhooks."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Tab
from accounts.permissions import Row

# The group of Settings that these pages are in.
GROUP = _("Mailings")
TABS = [
    Tab(_("Mailing templates"), "mailing_templates", "mailings.view_mailingtemplate"),
    Tab(_("Mailing lists"), "mailing_lists", "mailings.view_mailinglist"),
    Tab(_("Senders of mailings"), "mailing_senders", "mailings.change_sender"),
]
ADDED = [
    Tab(_("New mailing template"), "mailing_template_new", "mailings.add_mailingtemplate"),
    Tab(_("New mailing list"), "mailing_list_new", "mailings.add_mailinglist"),
]
ROWS = [
    Row(_("Mailing templates"), "mailings", "mailingtemplate"),
    Row(_("Mailing lists"), "mailings", "mailinglist", standard=("view", "add", "change")),
    Row(
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
            ("add_mailing_template", _("mailing template added")),
            ("edit_mailing_template", _("mailing template edited")),
            ("delete_mailing_template", _("mailing template deleted")),
            ("add_mailing_list", _("mailing list added")),
            ("edit_mailing_list", _("mailing list edited")),
            ("add_sender", _("sender of mailings added")),
            ("edit_sender", _("sender of mailings edited")),
        ],
    ),
]
