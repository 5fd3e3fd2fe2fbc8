"""What the other screens show of incoming webhooks: the Settings tab, the permissions; and the events of all intake."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow
from accounts.settings_pages import LEADS, SettingsPage

TAB = SettingsPage(
    _("Incoming webhooks"),
    "incoming:list",
    "intake.view_incomingwebhook",
    purpose=_(
        "Lead ads, booking tools and other programs deliver leads and requests to the address of an incoming webhook."
    ),
    other_names=_("lead ads, Facebook, Google Ads, booking, integrations, inbound, Zapier, Make"),
    shown_on=LEADS,
)
ADD_PAGE = SettingsPage(_("New incoming webhook"), "incoming:new", "intake.add_incomingwebhook")
ROW = PermissionRow(
    _("Incoming webhooks"),
    "intake",
    "incomingwebhook",
    hint=_(
        "View covers the log with the bodies of all calls. Change covers the mapping, the secret and repeating calls."
    ),
)
EVENTS = [
    (
        _("Incoming webhooks"),
        [
            ("add_incoming_webhook", _("incoming webhook added")),
            ("edit_incoming_webhook", _("incoming webhook edited")),
            ("delete_incoming_webhook", _("incoming webhook deleted")),
        ],
    ),
    (
        _("Web forms"),
        [
            ("add_web_form", _("web form added")),
            ("edit_web_form", _("web form edited")),
            ("delete_web_form", _("web form deleted")),
            ("add_stop_word", _("stop word added")),
            ("delete_stop_word", _("stop word deleted")),
        ],
    ),
]
