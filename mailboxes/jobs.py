"""Reading the mailboxes every minute, each as a call of a queue for mail servers."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from crm.platform.jobs.housekeeping import every_minute
from mailboxes.models import Mailbox
from mailboxes.models.mailbox import EVERY
from mailboxes.receiving.mailbox_polling import check_mailbox

QUEUE = "mailboxes"


@every_minute
def queue_due_mailboxes() -> int:
    """Queue those that are due. Each gets its next time first, so the same one doesn't wait twice."""
    now = timezone.now()
    due = list(Mailbox.objects.due(now).select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    Mailbox.objects.filter(pk__in=[mailbox.pk for mailbox in due]).update(next_check_at=now + EVERY)
    for mailbox in due:
        read_mailbox.defer(mailbox_id=mailbox.pk)
    return len(due)


@app.task(queue=QUEUE, name="read_mailbox")
def read_mailbox(mailbox_id: int) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    mailbox = Mailbox.objects.active().filter(pk=mailbox_id).first()
    if mailbox is not None and mailbox.is_connected:
        check_mailbox(mailbox)
