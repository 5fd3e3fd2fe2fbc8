"""What visitors agreed to becomes consent of their lead: with the text that they read, the form and the time it was sent."""

from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    get_or_create_version,
    record_consents_of_records,
)
from customers.models import ConsentPurpose
from intake.models import Submission
from leads.models import Lead


def record_consents(submission: Submission) -> None:
    """Record those of a submission that has a lead; a second time changes nothing. A box that wasn't selected withdraws nothing."""
    given = {
        one["purpose"]: one["text"] for one in submission.consents if one["given"] and one.get("purpose")
    }
    if not (submission.lead_id and given):
        return
    form = submission.form
    for purpose in ConsentPurpose.objects.filter(pk__in=list(given)):
        text = get_or_create_version(purpose, form.language, given[purpose.pk])
        entry = ConsentEntry(
            purpose, True, Source.FORM, form.name, text, submission.at, submission=submission.pk
        )
        record_consents_of_records(Lead.table, [submission.lead_id], entry)
