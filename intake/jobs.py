"""The worker's tasks for what comes in: emails for confirming an address."""

from procrastinate.contrib.django import app

from accounts.jobs import MAIL_RETRIES
from intake.forms.submissions.confirmation_email import build_confirmation_email
from intake.models import Submission


@app.task(queue="work", name="mail_confirmation", retry=MAIL_RETRIES)
def mail_confirmation(submission_id: int) -> None:
    """Send the email with the link that confirms an address, unless it was confirmed meanwhile."""
    waiting = Submission.objects.in_state(Submission.State.UNCONFIRMED).select_related("form")
    submission = waiting.filter(pk=submission_id).first()
    if submission:
        build_confirmation_email(submission).send()
