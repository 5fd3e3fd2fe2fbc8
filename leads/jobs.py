"""Background work on leads: changes in Settings that affect many of them, and emails about first contacts."""

from procrastinate.contrib.django import app

from accounts.jobs import MAIL_RETRIES
from accounts.models import User
from crm.platform.configuration.worker_lanes import LONG


@app.task(queue=LONG, name="derive_contact_due", lock="derive_contact_due")
def derive_contact_due() -> None:
    """Derive again by when leads have to be contacted. If the worker is killed, the second round does the rest."""
    # The module that does this work also queues the task.
    from leads.contact_due.deadlines import update_changed_deadlines

    update_changed_deadlines()


@app.task(queue="work", name="mail_contacts_due", retry=MAIL_RETRIES)
def mail_contacts_due(user_id: int, of_id: int, leads: list[int], late: bool) -> None:
    """Remind a user of first contacts, except of leads that have been contacted or are out of sight since."""
    # The module that writes this email also queues the task.
    from leads.contact_due.first_contact_reminders import build_reminder_email

    user, of = User.objects.active().with_rights().filter(pk=user_id).first(), User.objects.get(pk=of_id)
    mail = build_reminder_email(user, of, leads, late=late) if user else None
    if mail:
        mail.send()
