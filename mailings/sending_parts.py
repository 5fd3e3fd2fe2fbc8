"""What sending mailings adds to the other apps: filters, timelines, mailboxes, permissions, and pages in Settings."""

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts import shipped as roles
from accounts.navigation import ADDED, PROGRAMS, SALES, Tab
from crm.activities import stream
from crm.api import webhook_log
from crm.records.verbs import delete
from mailboxes import followers
from mailings import followed, incoming, jobs, notices, timeline, transitions, unwanted  # noqa: F401 - some only register their parts
from mailings.suppression_rights import OF_STEERING, ROW

SUPPRESSED, IMPORT, ACCOUNTS = (
    f"mailing_settings:{name}" for name in ("suppressed", "suppressed_import", "accounts")
)


def register() -> None:
    followed.register()
    stream.OTHERS.append(timeline.lines_of)
    followers.OF_THREADS.append(incoming.of_thread)
    followers.ARRIVED.append(incoming.replied)
    followers.BOUNCED.append(incoming.bounced)
    followers.COMPLAINED.append(incoming.complained)
    delete.ALSO_PURGED.append(unwanted.forget)
    webhook_log.EVENTS += transitions.EVENTS
    permissions.ROWS.append(ROW)
    roles.OF_STEERING += OF_STEERING
    SALES.append(Tab(_("Suppression list"), SUPPRESSED, "mailings.view_suppression"))
    PROGRAMS.append(Tab(_("Mailing accounts"), ACCOUNTS, "mailboxes.view_mailbox"))
    ADDED.append(Tab(_("Import suppressed addresses"), IMPORT, "mailings.add_suppression"))
