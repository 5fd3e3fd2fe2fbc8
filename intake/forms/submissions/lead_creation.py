"""From a submission to a lead: a new one, or the open lead of the same person."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.ownership.owners import get_department_for_owner
from crm.fields.custom.unique.taken_values import get_holders_by_field
from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.fields.custom.values.record_form_fields import get_default_values
from crm.fields.custom.values.stored_values import attach_stored_values
from crm.fields.types.field_type import EMPTY_VALUES
from crm.fields.types.phones import normalize_phones
from crm.models import Operation
from crm.platform.configuration.company import get_company_currency
from crm.platform.files.kept_file import KeptFile
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import add_records
from crm.work.models.activity import Activity
from intake.failure_notifications import notify_of_submission
from intake.forms.public.public_form import PublicForm
from intake.forms.questions import get_question_label
from intake.forms.settings.contract_check import get_form_status
from intake.forms.submissions.form_owner import get_active_owner
from intake.forms.submissions.incomplete_leads import TAKEN, split_accepted_values
from intake.forms.verbs import AddByForm, FillByForm, NoteByForm
from intake.known_person_note import render_note
from intake.models import KnownPeople, Submission, WebForm
from leads.models import AssignmentRule, Lead

State = Submission.State
SYSTEM = Operation.Channel.SYSTEM


def add_or_update_lead(
    submission: Submission,
    filled: PublicForm,
    *,
    by: User | None = None,
    unread: Sequence[str] = (),
    known: Lead | None = None,
) -> None:
    """Add the lead, or update the known one, and note the result in the submission, which the caller saves. `by` is the user
    who released or reprocessed it; `unread` are the codes of answers that the fields no longer accept; `known` is the lead that it is
    about, if that was said."""
    form, values = submission.form, filled.lead_values
    known = known or _find_open_lead(form, values)
    if known is not None:
        lacking = _update_lead(known, submission, values, by)
        submission.lead, submission.state = known, State.KNOWN
    else:
        # What may change meanwhile is judged again when the lead is added.
        with use_definitions_as_found():
            whole = _get_all_values(form, values)
            whole, lacking = split_accepted_values(whole) if whole["status"] else (whole, ["status_retired"])
        submission.state = State.LEAD if whole["status"] else State.FAILED
        if submission.state == State.LEAD:
            submission.lead = _add_lead(form, whole, by)
    submission.reasons = [*unread, *lacking]
    if submission.lead:
        _attach_files(submission, by)
    notify_of_submission(submission)


def _find_open_lead(form: WebForm, values: dict[str, Any]) -> Lead | None:
    """The newest open lead with this email, or else with this phone; None if the form always adds one."""
    if form.duplicates == KnownPeople.ADD:
        return None
    email = values.get("email", "")
    phone = normalize_phones(Lead, values, str(form.department.country)).get("phone_normal", "")
    if not (email or phone):
        return None
    with connection.cursor() as cursor:
        # Two forms sent at once by one person add one lead.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('intake.person'), hashtext(%s))", [email or phone]
        )
    leads = Lead.objects.present().open().not_converted().order_by("-id")
    by_email = leads.with_same_details(email=email).first() if email else None
    return by_email or (leads.with_same_details(phone=phone).first() if phone else None)


def _get_all_values(form: WebForm, values: dict[str, Any]) -> dict[str, Any]:
    """All values of a new lead."""
    owner = get_active_owner(form)
    department = get_department_for_owner(owner, form.department)
    given: dict[str, Any] = {"source": form.source, "owner": owner, "department": department}
    given |= {"status": get_form_status(form), "currency": get_company_currency()}
    if form.task:
        due = timezone.localdate() + timedelta(days=form.task_days)
        given |= {"next_action": form.task, "next_action_on": due}
    found = {"country": department.country, **values, **given}
    found |= normalize_phones(Lead, found, str(department.country))
    return get_default_values(Lead.table, None, found) | found


def _add_lead(form: WebForm, values: dict[str, Any], by: User | None) -> Lead:
    way = "" if values["owner"] else AssignmentRule.Way.FORM.value
    verb = AddByForm(Lead, [values], way=way, form=form.name, notified=tuple(form.notify))
    (lead,) = add_records(verb, by=by, channel=SYSTEM)
    return lead


def _update_lead(lead: Lead, submission: Submission, values: dict[str, Any], by: User | None) -> list[str]:
    """Fill its empty fields if the form says so, and add a note with everything that was sent. Returns the codes of values
    that another lead has."""
    form, rows = submission.form, Lead.objects.present().filter(pk=lead.pk)
    repeated: dict[str, int] = {}
    if form.duplicates == KnownPeople.FILL:
        attach_stored_values(lead)
        changes = {name: value for name, value in values.items() if getattr(lead, name, None) in EMPTY_VALUES}
        repeated = get_holders_by_field(Lead.table, changes, lead.pk)
        changes = {name: value for name, value in changes.items() if name not in repeated}
        changes |= normalize_phones(Lead, changes, str(lead.department.country))
        if changes:
            carry_out(FillByForm(changes), rows, by=by, channel=SYSTEM)
    told = tuple({*form.notify, *([lead.owner_id] if lead.owner_id else [])})
    note = NoteByForm(by=by, text=_render_note(submission), form=form.name, notified=told)
    carry_out(note, rows, by=by, channel=SYSTEM)
    return [f"{TAKEN}:{name}" for name in repeated]


def _render_note(submission: Submission) -> str:
    with translation.override(submission.form.language):
        answers = [
            (get_question_label(name), ", ".join(filter(None, texts)))
            for name, texts in submission.values.items()
        ]
        return render_note(_("Filled in the form “%(name)s” again."), submission.form.name, answers)


def _attach_files(submission: Submission, by: User | None) -> None:
    if not submission.files:
        return
    files = tuple(KeptFile(**each) for each in submission.files)
    rows = Lead.objects.present().filter(pk=submission.lead_id)
    carry_out(NoteByForm(by=by, type=Activity.Type.FILE, files=files), rows, by=by, channel=SYSTEM)
