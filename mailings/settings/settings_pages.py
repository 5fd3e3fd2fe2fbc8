"""What the other screens show of templates, lists and senders of mailings: tabs, permissions, and events for webhooks."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow
from accounts.settings_pages import SettingsPage, ShownOn

# The group of Settings that these pages are in.
GROUP = _("Mailings")
MAILINGS = ShownOn(_("Mailings"), "mailings:list", "mailings.view_mailing")
TABS = [
    SettingsPage(
        _("Mailing templates"),
        "mailing_templates",
        "mailings.view_mailingtemplate",
        purpose=_("A template is a text that you can insert into any mailing."),
        other_names=_("newsletter templates, campaign templates, email designs, text blocks"),
        shown_on=MAILINGS,
    ),
    SettingsPage(
        _("Mailing lists"),
        "mailing_lists",
        "mailings.view_mailinglist",
        purpose=_("Recipients can unsubscribe from one list and still receive the mailings of the others."),
        other_names=_("newsletters, subscriptions, audiences, unsubscribe, topics"),
        shown_on=MAILINGS,
    ),
    SettingsPage(
        _("Senders of mailings"),
        "mailing_senders",
        "mailings.change_sender",
        purpose=_(
            "Recipients see the sender name before the address and the signature below each mailing of the department."
        ),
        other_names=_("from name, signature, email footer"),
        shown_on=MAILINGS,
    ),
    SettingsPage(
        _("Suppression list"),
        "mailing_settings:suppressed",
        "mailings.view_suppression",
        purpose=_(
            "These addresses receive no mailings, whichever record has them. Addresses that bounce or mark a mailing as spam are added "
            "automatically."
        ),
        other_names=_("bounces, unsubscribed, blocklist, do not email, spam complaints, opt-out"),
        shown_on=MAILINGS,
    ),
    SettingsPage(
        _("Mailing accounts"),
        "mailing_settings:accounts",
        "mailboxes.view_mailbox",
        purpose=_(
            "Mailings are sent through the account of their department. Without any account, they are sent through the mail server of "
            "this installation."
        ),
        other_names=_("SMTP, sending server, DKIM, SPF, DMARC, deliverability, daily limit"),
        shown_on=MAILINGS,
    ),
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
