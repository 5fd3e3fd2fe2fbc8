"""Once a minute: sequences that have ended for a record are shown as ended soon after, not only when the next step is due."""

from django.db import transaction

from crm.platform.sql.chunks import split_into_chunks
from crm.platform.web.transactions import set_transaction_limits
from sequences.models import Enrollment
from sequences.running.enrollment_ends import end_enrollments
from sequences.running.judgment import find_stop_reasons
from sequences.running.turns import LOCK_WAIT, take_turn


def end_stopped_enrollments() -> int:
    """How many ended. One query while no one is in a sequence; nothing while a worker has its turn."""
    if not Enrollment.objects.running().exists():
        return 0
    with transaction.atomic():
        set_transaction_limits(lock=LOCK_WAIT, statement=0)
        if not take_turn():
            return 0
        reasons = find_stop_reasons()
        return sum(
            end_enrollments({pk: reasons[pk] for pk in ids}) for ids in split_into_chunks(list(reasons))
        )
