"""Which questions a web form asks: by the answers so far, by the fields in use, and in how many steps."""

from typing import NamedTuple

import pytest

from crm.models import CustomField
from crm.records.history.verb_execution import operation
from intake.forms.public.visit_counts import FormLine, build_form_lines
from intake.forms.questions import (
    FormQuestion,
    build_question_input,
    find_custom_field,
    get_askable_custom_fields,
    get_initial_questions,
    get_last_step,
    get_question_choices,
    get_usable_questions,
    is_asked,
)
from intake.forms.submissions.gap_sentences import describe_gaps
from intake.forms.submissions.incomplete_leads import get_required_custom_fields
from intake.models import Submission, WebForm
from tests.intake.conftest import make_form

__all__ = ["make_form"]


class Case(NamedTuple):
    """The questions, of which the first one is meant, the answers, and whether it is asked."""

    questions: tuple[FormQuestion, ...]
    answers: dict[str, str]
    asked: bool


CITY = FormQuestion("city", if_field="country", if_value="RO")
COUNTRY = FormQuestion("country")
STATE = FormQuestion("state", if_field="city", if_value="Cluj")
CASES = {
    "always": Case((COUNTRY,), {}, True),
    "after this answer": Case((CITY, COUNTRY), {"country": "RO"}, True),
    "after another answer": Case((CITY, COUNTRY), {"country": "DE"}, False),
    "without an answer": Case((CITY, COUNTRY), {}, False),
    "after an answer by its label": Case(
        (FormQuestion("city", if_field="country", if_value="romania"), COUNTRY), {"country": "RO"}, True
    ),
    "after a typed answer with other capitals": Case(
        (STATE, FormQuestion("city")), {"city": "CLUJ"}, True
    ),
    "after a consent": Case(
        (FormQuestion("phone", if_field="consent", if_value="Yes"), FormQuestion("consent")), {"consent": "on"}, True
    ),
    "after a question that the form no longer has": Case((CITY,), {"country": "DE"}, True),
    "after an answer to a question that is asked": Case(
        (STATE, CITY, COUNTRY), {"country": "RO", "city": "Cluj"}, True
    ),
    "after an answer to a question that isn’t asked": Case(
        (STATE, CITY, COUNTRY), {"country": "DE", "city": "Cluj"}, False
    ),
    "two that depend on each other": Case(
        (CITY, FormQuestion("country", if_field="city", if_value="Cluj")), {"country": "RO"}, True
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_questions_are_asked(case, db):
    found = is_asked(
        case.questions[0],
        lambda name: [case.answers[name]] if name in case.answers else [],
        {question.field: question for question in case.questions},
    )
    assert found is case.asked


def test_a_question_about_a_field_that_is_gone_is_none(make_field):
    level = make_field("Level").name
    stored = [FormQuestion("city", step=3), FormQuestion(level, step=2), FormQuestion("c999", step=5)]
    rows = [question.as_json() for question in stored]
    assert [question.field for question in get_usable_questions(rows)] == ["city", level]
    assert (get_last_step(rows), get_last_step(rows[1:]), get_last_step([])) == (3, 2, 1)


def test_visitors_are_asked_for_no_users_records_or_files(make_field, ada, ann):
    level = make_field("Level").name
    make_field("Guide", "user")
    make_field("Contract", "file")
    secret = make_field("Secret", roles=[ann.groups.get().pk]).name
    assert [field.name for field in get_askable_custom_fields()] == [level, secret]
    # Someone who may not see a field makes no question of it.
    assert [field.name for field in get_askable_custom_fields(ada)] == [level]


def test_a_question_is_about_the_field_of_its_name(make_field):
    level, course = make_field("Level"), make_field("Course")
    assert [find_custom_field(field.name).name for field in (level, course)] == [level.name, course.name]
    assert find_custom_field("c999") is find_custom_field("city") is None
    for question, label in (
        (FormQuestion(course.name), "Course"),
        (FormQuestion(course.name, label="Which course?"), "Which course?"),
        (FormQuestion("city"), "City"),
        (FormQuestion("consent"), "Consent"),
        (FormQuestion("consent", label="May we call?"), "May we call?"),
    ):
        assert question.shown_label == label


def test_only_fields_that_the_lead_has_are_required_of_it(make_field, departments):
    everywhere = make_field("Level", required=True).name
    exporting = make_field("Port", required=True, departments=[departments.export.pk]).name
    make_field("Course")
    assert get_required_custom_fields({"department": departments.sales}) == [everywhere]
    assert get_required_custom_fields({"department": departments.export}) == [everywhere, exporting]


def test_a_gap_is_told_while_its_field_is_in_use_and_seen(make_field, ada, ann):
    level, secret = make_field("Level"), make_field("Secret", roles=[ann.groups.get().pk])
    codes = [f"needs:{level.name}", f"needs:{secret.name}", "needs:c999", "needs:city", "heard:city"]
    words = "The form didn’t ask for these required fields: {}."
    assert describe_gaps(codes, user=ada) == [words.format("Level, city")]
    assert describe_gaps(codes, user=ann) == [words.format("Level, Secret, city")]
    with operation("test", by=None):
        CustomField.objects.filter(pk=level.definition.pk).update(retired=True)
    assert describe_gaps(codes, user=ada) == [words.format("city")]


def test_a_form_that_was_never_opened_has_no_numbers(make_form):
    (line,) = build_form_lines([make_form()])
    assert (line.views, line.sent, line.quarantined, line.rate) == (0, 0, 0, "")


# The views and the sent forms, and the share; a form that was sent without being seen here is never more than all.
RATES = {(0, 0): "", (0, 3): "", (4, 1): "25%", (4, 4): "100%", (4, 5): "100%"}


@pytest.mark.parametrize(("views", "sent"), RATES)
def test_how_many_of_those_who_open_a_form_send_it(views, sent):
    assert FormLine(WebForm(), views, sent, 0).rate == RATES[views, sent]


# What a question asks for, and whether it is a consent, and a field of a lead.
ASKED = {"city": (False, True), "consent": (True, False), "consent_2": (True, False), "files": (False, False)}


@pytest.mark.parametrize("name", ASKED)
def test_what_a_question_is_about(name):
    asked = FormQuestion(name)
    assert (asked.is_consent, asked.is_of_lead) == ASKED[name]


def test_spam_is_no_sent_form(make_form):
    form = make_form()
    for number, state in enumerate(("lead", "lead", "known", "spam")):
        Submission.objects.create(form=form, state=state, address="", nonce=f"{number}")
    (line,) = build_form_lines([form])
    assert (line.sent, line.quarantined) == (3, 1)


@pytest.mark.django_db
def test_the_choices_of_a_question():
    assert get_question_choices("files") == []
    assert get_question_choices("consent") == get_question_choices("consent_2") == [("on", "Yes")]
    assert get_question_choices("city") == []
    assert ("RO", "Romania") in get_question_choices("country")


def test_a_new_form_requires_the_email_alone():
    asked = [(row["field"], row["required"]) for row in get_initial_questions()]
    assert asked == [
        ("first_name", False), ("last_name", False), ("email", True), ("phone", False), ("description", False),
    ]  # fmt: skip


# The field of a lead, the HTML of its input, and what browsers fill in.
INPUTS = {
    "last_name": ("TextInput", "family-name"),
    "description": ("Textarea", None),
    "phone": ("TextInput", "tel"),
    "mobile": ("TextInput", "tel"),
    "email": ("EmailInput", "email"),
}


@pytest.mark.parametrize(("name", "widget", "filled"), [(name, *value) for name, value in INPUTS.items()])
def test_the_input_of_a_question(name, widget, filled, db):
    found = build_question_input(name)
    assert type(found.widget).__name__ == widget
    assert found.widget.attrs.get("autocomplete") == filled
    assert found.widget.attrs.get("rows") == (4 if widget == "Textarea" else None)


def test_the_input_of_a_custom_field_is_that_of_its_type(make_field):
    field = make_field("Member", "yes_no")
    found = build_question_input(field.name)
    assert (found.label, [str(label) for _value, label in found.widget.choices]) == (
        "Member",
        ["None", "Yes", "No"],
    )
