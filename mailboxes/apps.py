"""Email accounts, and the messages that come in and go out through them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxesConfig(AppConfig):
    name = "mailboxes"
    verbose_name = _("Mailboxes")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from crm.activities import letters
        from crm.activities.answers import record_of_invitation
        from crm.api import webhook_log
        from crm.records import uses
        from leads import timeline
        from mailboxes import followers, health, jobs, notices, sent_copies, verbs  # noqa: F401 - they register their parts
        from mailboxes.events import EVENTS
        from mailboxes.rights import ROW
        from mailboxes.routes import route_of
        from mailboxes.uses import mailbox_of_user

        # The timeline of a lead shows these emails themselves.
        of_emails = (verbs.ReceiveEmail, verbs.ReceivePrivateEmail, verbs.BounceEmail, verbs.ChangePrivacy)
        timeline.OF_ACTIVITIES.update(verb.kind for verb in of_emails)
        permissions.OWN_ROWS.append(ROW)
        letters.ROUTES.append(route_of)
        uses.FINDERS.append(mailbox_of_user)
        followers.OF_THREADS.append(record_of_invitation)
        webhook_log.EVENTS += EVENTS
        navigation.PROGRAMS.append(navigation.Tab(_("Mailboxes"), "mailboxes", "mailboxes.view_mailbox"))
        navigation.PROFILE.append(navigation.Tab(_("Your mailbox"), "own_mailbox", "", "mail"))
        navigation.ADDED.append(navigation.Tab(_("New mailbox"), "mailbox_new", "mailboxes.add_mailbox"))
