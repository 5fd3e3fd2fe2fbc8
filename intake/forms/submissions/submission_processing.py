"""What happens when a form is sent: its submission is kept, and becomes a lead unless it waits or looks like spam."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from crm.platform.files.attachment_storage import store_uploads
from crm.platform.web.client_address import get_client_address
from intake.failure_notifications import notify_of_submission
from intake.forms.public.campaign_parameters import FIRST, parse_first_touch, parse_touch
from intake.forms.public.public_form import PublicForm
from intake.forms.public.signed_state import FormState
from intake.forms.questions import NAMES, get_last_step
from intake.forms.submissions.consent import record_consents
from intake.forms.submissions.incomplete_leads import UNREAD
from intake.forms.submissions.lead_creation import add_or_update_lead
from intake.forms.submissions.spam_detection import TRAP, find_spam_reasons, flatten_texts
from intake.jobs import mail_confirmation
from intake.models import Submission, WebForm
from leads.models import Lead

Result = Submission.State
# Emails for confirming that one address gets in a day, so that forms can't flood a mailbox.
MOST_EMAILS = 3
# A plain form that arrives again within these seconds is the same one.
AGAIN = 600


@dataclass
class RequestDetails:
    """What comes with the answers. `address` is a keyed hash of the network address: it can be compared, not read. `lead` is the
    one that they are about, if a program says so."""

    state: FormState | None
    address: str
    trap: str = ""
    first_touch: dict[str, str] = field(default_factory=dict)
    last_touch: dict[str, str] = field(default_factory=dict)
    lead: Lead | None = None

    @classmethod
    def from_request(cls, request: HttpRequest, state: FormState | None) -> "RequestDetails":
        sent = request.POST
        last = parse_touch(sent) or (state.touch if state else {})
        first = parse_first_touch(sent.get(FIRST, "")) or last
        return cls(state, hash_address(request), sent.get(TRAP, ""), first, last)

    def build_nonce(self, form: WebForm, raw: dict[str, list[str]], earlier: int = 0) -> str:
        """The same for a form that is sent again. A plain form has none, so its content decides, within ten minutes of the clock or the
        ten minutes `earlier` than these."""
        if self.state:
            return self.state.nonce
        moment = int(timezone.now().timestamp() // AGAIN) - earlier
        said = repr((form.pk, self.address, sorted(raw.items()), moment))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def hash_address(request: HttpRequest) -> str:
    return salted_hmac("intake.address", get_client_address(request)).hexdigest()[:32]


class TooManyForms(Exception):
    """As many forms came from this network address in the last hour as the form allows."""


def _check_submission_limit(form: WebForm, address: str) -> None:
    """Forms from one network address are taken one after the other, so that of many at once each is counted. Raises TooManyForms."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('intake.address'), hashtext(%s))", [f"{form.pk} {address}"]
        )
    if Submission.count_lately(form, address) >= form.most_an_hour:
        raise TooManyForms


def receive_submission(form: WebForm, filled: PublicForm, sent: RequestDetails) -> Submission:
    """Keep a form that was filled in correctly; the same one sent again is found. Raises TooManyForms, and NotKept if a file can't be
    kept."""
    _check_submission_limit(form, sent.address)
    if earlier := find_earlier_submission(form, filled, sent):
        return earlier
    reasons = find_spam_reasons(form, sent.state, sent.trap, flatten_texts(filled.raw))
    email = str(filled.lead_values.get("email", "")).lower()
    with store_uploads(filled.uploads) as files:
        submission = Submission(
            form=form,
            state=Result.QUARANTINED if reasons else Result.UNCONFIRMED if form.confirms else Result.LEAD,
            reasons=reasons,
            values=clean_for_storage(filled.raw),
            files=[asdict(file) for file in files],
            consents=filled.consents,
            first_touch=sent.first_touch,
            last_touch=sent.last_touch,
            address=sent.address,
            email=email,
            nonce=sent.build_nonce(form, filled.raw),
        )
        if submission.state == Result.LEAD:
            add_or_update_lead(submission, filled, known=sent.lead)
        submission.save(force_insert=True)
        submission.refresh_from_db(fields=["at"])
        record_consents(submission)
        if submission.state == Result.UNCONFIRMED:
            queue_confirmation_email(submission)
    return submission


def find_earlier_submission(form: WebForm, filled: PublicForm, sent: RequestDetails) -> Submission | None:
    """The same form, if it was sent before."""
    nonces = [sent.build_nonce(form, filled.raw, earlier) for earlier in (0, 1)]
    since = None if sent.state else timezone.now() - timedelta(seconds=AGAIN)
    return Submission.objects.sent_with(nonces, since).first()


def queue_confirmation_email(submission: Submission) -> None:
    """Let the worker send the email with the link, but only a few a day to one address."""
    if Submission.objects.waiting_for(submission.email).count() <= MOST_EMAILS:
        mail_confirmation.defer(submission_id=submission.pk)


def clean_for_storage(raw: dict[str, list[str]]) -> dict[str, list[str]]:
    """PostgreSQL stores no NUL and no half of a surrogate pair."""
    clean = {name: [text.replace("\0", "") for text in texts] for name, texts in raw.items()}
    return {
        name: [text.encode("utf-8", "replace").decode() for text in texts] for name, texts in clean.items()
    }


def process_submission(submission: Submission, *, by=None) -> None:
    """Add the lead of a submission that was confirmed, released or is processed again, by the form as it is now. What the form
    asks besides by now isn't required of it, and an answer that a field no longer accepts is left out."""
    filled = PublicForm(submission.form, submission.values, step=get_last_step(submission.form.questions))
    for asked in filled.fields.values():
        asked.required = False
    filled.full_clean()
    if any(filled.lead_values.get(name) for name in NAMES):
        unread = [f"{UNREAD}:{name}" for name in filled.errors if name in filled.fields]
        add_or_update_lead(submission, filled, by=by, unread=unread)
        submission.save(update_fields=["state", "reasons", "lead"])
        record_consents(submission)
        return
    submission.state = Result.FAILED
    labels = {name: str(filled.fields[name].label) for name in filled.errors if name in filled.fields}
    submission.reasons = [
        f"{labels[name]}: {' '.join(map(str, errors))}" if name in labels else " ".join(map(str, errors))
        for name, errors in filled.errors.items()
    ]
    submission.save(update_fields=["state", "reasons"])
    notify_of_submission(submission)
