"""What sending mailings adds to the other apps: filters, timelines, mailboxes, permissions, and pages in Settings."""

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts import shipped as roles
from accounts.navigation import ADDED, Tab
from crm.activities import email, stream
from crm.api import webhook_log
from crm.records import merged
from crm.records.merged import Reference
from crm.records.verbs import delete
from mailboxes import followers
from mailings import (  # noqa: F401 - some only register their parts
    bouncing,
    erasure,
    followed,
    health,
    incoming,
    jobs,
    notices,
    timeline,
    transitions,
)
from mailings.models import Delivery
from mailings.suppression_rights import OF_STEERING, ROW


def received_again(table: str, ids: list[int]) -> None:
    """After the undo of a merge: what these records received themselves makes them subscribers (mailings/models/delivery.py)."""
    Delivery.objects.filter(of=table, record__in=ids, state=Delivery.State.SENT).update(
        state=Delivery.State.SENT
    )


def register() -> None:
    followed.register()
    stream.OTHERS.append(timeline.lines_of)
    email.ALSO_WARNED.append(bouncing.warnings_for)
    followers.OF_THREADS.append(incoming.of_thread)
    followers.ARRIVED.append(incoming.replied)
    followers.BOUNCED.append(incoming.bounced)
    followers.COMPLAINED.append(incoming.complained)
    delete.ALSO_PURGED.append(erasure.forget)
    merged.ALSO_MERGED.append(Reference(Delivery, "record", of="of", once=("mailing",)))
    merged.MOVED_BACK.append(received_again)
    webhook_log.EVENTS += transitions.EVENTS
    permissions.ROWS.append(ROW)
    roles.OF_STEERING += OF_STEERING
    ADDED.append(
        Tab(
            _("Import suppressed addresses"),
            "mailing_settings:suppressed_import",
            "mailings.add_suppression",
        )
    )
