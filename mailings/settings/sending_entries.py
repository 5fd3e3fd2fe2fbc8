"""What sending mailings adds to the other apps: filters, timelines, mailboxes, permissions, and pages in Settings."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import ADDED, Tab
from accounts.roles import initial_data as roles
from accounts.roles import permissions
from crm.api.webhooks import delivery_log
from crm.records.history import merged_records
from crm.records.history.merged_records import Reference
from crm.records.history.verbs import delete
from crm.work.activities import combined_timeline
from crm.work.emails import email_verbs
from mailboxes.receiving import receive_hooks
from mailings import health, jobs, notifications  # noqa: F401 - some only register their parts
from mailings.models import Delivery
from mailings.responses import bounce_handling, incoming_responses, response_conditions, timeline
from mailings.sending import state_transitions
from mailings.settings.suppression_permissions import OF_STEERING, ROW
from mailings.suppression import address_erasure


def restore_received_newsletters(table: str, ids: list[int]) -> None:
    """After the undo of a merge: what these records received themselves makes them subscribers (mailings/models/delivery.py)."""
    Delivery.objects.filter(of=table, record__in=ids, state=Delivery.State.SENT).update(
        state=Delivery.State.SENT
    )


def register_sending() -> None:
    response_conditions.register_response_filters()
    combined_timeline.OTHERS.append(timeline.get_timeline_lines)
    email_verbs.ALSO_WARNED.append(bounce_handling.get_record_warnings)
    receive_hooks.OF_THREADS.append(incoming_responses.of_thread)
    receive_hooks.ARRIVED.append(incoming_responses.record_reply)
    receive_hooks.BOUNCED.append(incoming_responses.record_bounce)
    receive_hooks.COMPLAINED.append(incoming_responses.record_complaint)
    delete.ALSO_PURGED.append(address_erasure.forget_deleted_records)
    merged_records.ALSO_MERGED.append(Reference(Delivery, "record", of="of", once=("mailing",)))
    merged_records.MOVED_BACK.append(restore_received_newsletters)
    delivery_log.EVENTS += state_transitions.EVENTS
    permissions.ROWS.append(ROW)
    roles.OF_STEERING += OF_STEERING
    ADDED.append(
        Tab(
            _("Import suppressed addresses"),
            "mailing_settings:suppressed_import",
            "mailings.add_suppression",
        )
    )
