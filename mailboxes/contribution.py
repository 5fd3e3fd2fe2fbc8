"""What email accounts add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage, ShownOn
from crm.platform.web.start_page.setup_steps import SetupPage
from crm.work.invitations.invitation_answers import find_invited_record
from mailboxes.demo import PART
from mailboxes.events import EVENTS
from mailboxes.mailbox_uses import find_mailbox_uses
from mailboxes.permissions import ROW
from mailboxes.receiving.moved_messages import move_messages
from mailboxes.receiving.record_threads import get_thread_keys
from mailboxes.sending import sent_copies
from mailboxes.sending.sender_routes import find_routes, get_shared_addresses
from mailboxes.verbs import BounceEmail, ChangePrivacy, ReceiveEmail, ReceivePrivateEmail
from product.contribution import Contribution, Navigation

MAILBOXES = SettingsPage(
    _("Mailboxes"),
    "mailboxes",
    "mailboxes.view_mailbox",
    purpose=_(
        "Emails to a shared mailbox become requests, or appear on the timeline of the lead or contact who sent them."
    ),
    other_names=_(
        "email, SMTP, IMAP, inbox, shared inbox, mail server, Gmail, Google, Outlook, Microsoft 365"
    ),
    shown_on=ShownOn(_("Requests"), "requests:list", "customers.view_request"),
)

CONTRIBUTION = Contribution(
    jobs=("mailboxes.jobs", "mailboxes.problem_emails", "mailboxes.sending.sent_copies"),
    notifications=("mailboxes.notifications",),
    start_page=("mailboxes.health",),
    setup_pages=[SetupPage(_("Mailboxes"), "mailboxes", "mailboxes.view_mailbox", step="leads")],
    verbs=("mailboxes.verbs",),
    operation_followers=(sent_copies.queue_sent_copies, move_messages),
    uses=(find_mailbox_uses,),
    webhook_events=EVENTS,
    last_permission_rows=(ROW,),
    navigation=Navigation(
        profile=[SettingsPage(_("Your mailbox"), "own_mailbox", "", "mail")],
        program_settings=[MAILBOXES],
        new_settings=[SettingsPage(_("New mailbox"), "mailbox_new", "mailboxes.add_mailbox")],
    ),
    email_routes=(find_routes,),
    demo_parts=(PART,),
    own_addresses=(get_shared_addresses,),
    email_threads=(get_thread_keys,),
    thread_records=(find_invited_record,),
    lead_activity_verbs=(
        ReceiveEmail.kind,
        ReceivePrivateEmail.kind,
        BounceEmail.kind,
        ChangePrivacy.kind,
    ),
)
