"""By when new leads have to be contacted: what is overdue or at risk, and how leads follow changed limits.

`Lead.contact_due_at` is derived by the database as a lead is written (leads/triggers/functions.py, leads/triggers/contact_due.py).
What it follows from can change too: limits, categories of statuses, working hours and holidays. Triggers note that, and a
job brings the leads up to date.
"""

from django.db import connection, transaction
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.platform.jobs.housekeeping import every_minute
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.web.transactions import set_transaction_limits
from leads.jobs import derive_contact_due


class ContactState(TextChoices):
    OVERDUE = "overdue", pgettext_lazy("a first contact", "overdue")
    AT_RISK = "risk", _("at risk")
    ON_TIME = "on_time", _("on time")


def build_states_condition(states: list[str]) -> Q:
    """The leads whose first contact is in one of these states now."""
    now, found = timezone.now(), Q(pk__in=[])
    if ContactState.OVERDUE in states:
        found |= Q(contact_due_at__lte=now)
    if ContactState.AT_RISK in states:
        found |= Q(contact_due_at__gt=now, contact_warning_at__lte=now)
    if ContactState.ON_TIME in states:
        # The first condition is for the index.
        found |= Q(contact_due_at__gt=now, contact_warning_at__gt=now)
    return found


# A transaction that was open while a limit changed, such as that of a long import, still went by the previous one. So leads
# follow each change twice: at once, and when such a transaction has ended.
ROUNDS = 2
CHANGED = """
    UPDATE leads_contactlimitchange SET rounds = rounds + 1
    WHERE rounds = 0 OR at < now() - interval '15 minutes' RETURNING id
"""
RIGHT = """
    leadwell_contact_due(l.source_id, l.department_id, l.status_id, l.created_at, l.first_contacted_at)
"""
DIFFERING = f"""
    SELECT l.id FROM leads_lead l, {RIGHT} d
    WHERE (l.contact_due_at IS NOT NULL OR l.first_contacted_at IS NULL
            AND l.status_id = ANY(ARRAY(SELECT id FROM leads_status WHERE kind = 'new'))
            AND (l.source_id = ANY(ARRAY(SELECT id FROM leads_source WHERE contact_within IS NOT NULL))
                OR l.department_id = ANY(ARRAY(SELECT id FROM accounts_department WHERE contact_within IS NOT NULL))))
        AND (l.contact_due_at, l.contact_warning_at) IS DISTINCT FROM (d.due, d.warns)
    ORDER BY l.id
"""
LOCK = "SELECT id FROM leads_lead WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
FOLLOW = f"""
    UPDATE leads_lead t SET contact_due_at = d.due, contact_warning_at = d.warns FROM leads_lead l, {RIGHT} d
    WHERE l.id = ANY(%s::bigint[]) AND t.id = l.id
"""


@every_minute
def start_deriving_changed_limits() -> int:
    """Start the job if a limit, a category or working time has changed. Returns how many changes there were."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED)
        found = cursor.rowcount
        cursor.execute("DELETE FROM leads_contactlimitchange WHERE rounds >= %s", [ROUNDS])
    if found:
        derive_contact_due.defer()
    return found


def update_changed_deadlines() -> int:
    """Bring all leads up to date whose first contact is due at another time by now. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        set_transaction_limits(lock=0, statement=0)
        cursor.execute(DIFFERING)
        ids = [pk for (pk,) in cursor.fetchall()]
    for chunk in split_into_chunks(ids):
        with transaction.atomic(), connection.cursor() as cursor:
            set_transaction_limits(lock=0, statement=0)
            # No one changed these leads: they keep their version.
            cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
            cursor.execute(LOCK, [chunk])
            cursor.execute(FOLLOW, [chunk])
            cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    return len(ids)
