"""What a form lacks for its leads: the fields that their status or an administrator requires must be asked for."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.values.field_registry import get_custom_field, is_used_in
from crm.fields.custom.values.record_form_fields import get_default_value
from intake.forms.questions import (
    FILES,
    NAMES,
    FormQuestion,
    get_askable_custom_fields,
    get_usable_questions,
)
from intake.forms.submissions.incomplete_leads import get_required_custom_fields
from intake.models import WebForm
from leads.forms import get_first_status
from leads.models import Lead, Pipeline, Status
from leads.statuses import status_contract
from leads.statuses.reference_tables import get_field_label


def get_form_status(form: WebForm) -> Status | None:
    """The status of new leads: that of the form while it is in use, else the first one of the department."""
    status = form.status
    if status is not None and status.is_open and not status.retired and not status.pipeline.retired:
        return status
    return get_first_status(form.department, Pipeline.Purpose.LEADS)


def get_given_fields(form: WebForm) -> set[str]:
    """The fields that the form fills without asking."""
    found = {"source", "department", "status", "currency", "next_action", "next_action_on"}
    if not form.task:
        found -= {"next_action", "next_action_on"}
    if form.owner_id:
        found.add("owner")
    if form.department.country:
        found.add("country")
    return found


def get_contract_problems(form: WebForm, stored: list[dict[str, Any]]) -> list[str]:
    """Why leads couldn't be added with these questions, in sentences."""
    questions = get_usable_questions(stored)
    found = []
    if not any(question.field in NAMES for question in questions):
        found.append(_("Ask for a name, company, email or phone."))
    if form.confirms and not _is_always_filled(questions, "email"):
        found.append(_("Ask for the email, and require it: visitors confirm it."))
    status = get_form_status(form)
    if status is None:
        return [*found, _("The department has no status for new leads.")]
    lacking = [
        name for name in _get_required_fields(form, status) if not is_always_filled(form, questions, name)
    ]
    if lacking:
        labels = ", ".join(get_field_label(name, Lead) for name in lacking)
        found.append(
            _("Ask for these fields, and require them, because leads in %(status)s need them: %(fields)s.")
            % {"status": status.label, "fields": labels}
        )
    return [*found, *_order_problems(questions)]


def _get_required_fields(form: WebForm, status: Status) -> Iterable[str]:
    """What every lead of the form needs. A list of users isn't for strangers, so no form asks for one."""
    asked_for = {field.name for field in get_askable_custom_fields()}
    custom = [
        name for name in get_required_custom_fields(_get_known_values(form, status)) if name in asked_for
    ]
    return dict.fromkeys(
        [*status_contract.get_required_fields(status), *get_required_field_names(Lead.table), *custom]
    )


def _get_known_values(form: WebForm, status: Status) -> dict[str, Any]:
    """What is known of a lead before a visitor answers: fields that only some answers show aren't required of all."""
    return {"department": form.department, "status": status, "source": form.source}


def is_always_filled(form: WebForm, questions: list[FormQuestion], name: str) -> bool:
    """Whether each lead of the form has a value in the field."""
    return name in get_given_fields(form) or has_default(name) or _is_always_filled(questions, name)


def has_default(name: str) -> bool:
    field = get_custom_field(Lead.table, name)
    return field is not None and get_default_value(field) is not None


def _is_always_filled(questions: list[FormQuestion], name: str) -> bool:
    """Whether every visitor fills it in."""
    found = next((each for each in questions if each.field == name), None)
    return found is not None and (
        (found.required and not found.if_field) or bool(found.hidden and found.default)
    )


def get_unused_questions(form: WebForm, stored: list[dict[str, Any]]) -> list[FormQuestion]:
    """The questions for fields that the department of the form doesn't use: answers to them aren't saved."""
    found = []
    for question in get_usable_questions(stored):
        field = get_custom_field(Lead.table, question.field)
        if field and not is_used_in(field, form.department_id):
            found.append(question)
    return found


def get_unused_questions_sentence(form: WebForm) -> str:
    """What the pages of a form say about such questions; '' if there are none."""
    found = get_unused_questions(form, form.questions)
    words = _(
        "%(department)s doesn’t use these fields, so answers to them aren’t saved: %(fields)s. Delete the questions, or let the "
        "department use the fields."
    )
    labels = ", ".join(get_field_label(question.field, Lead) for question in found)
    return words % {"department": form.department.name, "fields": labels} if found else ""


def _order_problems(questions: list[FormQuestion]) -> list[str]:
    """Files aren't carried from step to step, and a question is asked after the one that decides about it."""
    found = []
    last = max((question.step for question in questions if not question.hidden), default=1)
    steps = {question.field: question.step for question in questions}
    if steps.get(FILES, last) != last:
        found.append(_("Put the file upload into the last step."))
    late = [q for q in questions if q.if_field and steps.get(q.if_field, q.step + 1) > q.step]
    if late:
        labels = ", ".join(question.shown_label for question in late)
        found.append(
            _("Ask for these after the question that they depend on: %(labels)s.") % {"labels": labels}
        )
    return found
