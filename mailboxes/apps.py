"""Email accounts, and the messages that come in and go out through them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxesConfig(AppConfig):
    name = "mailboxes"
    verbose_name = _("Mailboxes")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import permissions
        from crm.api.webhooks import delivery_log
        from crm.records.kinds import uses
        from crm.work.emails import mime_messages
        from crm.work.invitations.invitation_answers import record_of_invitation
        from leads import timeline
        from mailboxes import health, jobs, notifications, verbs  # noqa: F401
        from mailboxes.events import EVENTS
        from mailboxes.permissions import ROW
        from mailboxes.receiving import receive_hooks
        from mailboxes.sending import sent_copies  # noqa: F401 - they register their parts
        from mailboxes.sending.sender_routes import find_route
        from mailboxes.uses import mailbox_of_user

        # The timeline of a lead shows these emails themselves.
        of_emails = (verbs.ReceiveEmail, verbs.ReceivePrivateEmail, verbs.BounceEmail, verbs.ChangePrivacy)
        timeline.OF_ACTIVITIES.update(verb.kind for verb in of_emails)
        permissions.OWN_ROWS.append(ROW)
        mime_messages.ROUTES.append(find_route)
        uses.FINDERS.append(mailbox_of_user)
        receive_hooks.OF_THREADS.append(record_of_invitation)
        delivery_log.EVENTS += EVENTS
        navigation.PROGRAMS.append(navigation.Tab(_("Mailboxes"), "mailboxes", "mailboxes.view_mailbox"))
        navigation.PROFILE.append(navigation.Tab(_("Your mailbox"), "own_mailbox", "", "mail"))
        navigation.ADDED.append(navigation.Tab(_("New mailbox"), "mailbox_new", "mailboxes.add_mailbox"))
