"""Which web forms and incoming webhooks a field that becomes required would leave without a value."""

from typing import Any, NamedTuple

import pytest
from django.urls import reverse

from crm.records.history.verb_execution import operation
from crm.records.kinds.record_uses import Requirement, Retirement
from intake.form_and_webhook_uses import get_affected_rows, may_lack_field, never_fills_field
from intake.forms.questions import FormQuestion
from intake.models import IncomingWebhook
from leads.models import Pipeline
from tests.intake.conftest import make_form

__all__ = ["make_form"]


class Case(NamedTuple):
    """The form starts its leads in New. `field` becomes required, in the department `of`, for the status `entering`, or because
    leads without a chosen status start in another status of the `pipeline`. `form` are further values of the form; the status is
    a name."""

    asks: tuple[FormQuestion, ...]
    lacks: bool
    field: str = "company"
    of: str = ""
    entering: str = ""
    form: dict[str, Any] = {}
    pipeline: str = ""


EMAIL = FormQuestion("email", required=True)
CASES = {
    "the form does not ask for the field": Case((EMAIL,), lacks=True),
    "the form requires the field": Case((EMAIL, FormQuestion("company", required=True)), lacks=False),
    "the form asks for the field but does not require it": Case((EMAIL, FormQuestion("company")), lacks=True),
    "the form asks for it only after one answer": Case(
        (EMAIL, FormQuestion("company", required=True, if_field="email", if_value="x")), lacks=True
    ),
    "a hidden question has a value at first": Case(
        (EMAIL, FormQuestion("company", hidden=True, default="Omnia")), lacks=False
    ),
    "a hidden question has no value at first": Case(
        (EMAIL, FormQuestion("company", hidden=True)), lacks=True
    ),
    "the form gives each lead a next action": Case(
        (EMAIL,), field="next_action", form={"task": "Call back"}, lacks=False
    ),
    "the form gives no next action": Case((EMAIL,), field="next_action", lacks=True),
    "another department requires the field": Case((EMAIL,), of="export", lacks=False),
    "the form's own department requires the field": Case((EMAIL,), of="sales", lacks=True),
    "the status of its leads requires the field": Case((EMAIL,), entering="new", lacks=True),
    "a later status requires the field": Case((EMAIL,), entering="qualified", lacks=False),
    "the field isn't saved yet": Case((EMAIL,), field="", lacks=True),
    "the new default status of its pipeline requires the field": Case((EMAIL,), pipeline="leads", lacks=True),
    "the default of another pipeline requires it": Case((EMAIL,), pipeline="deals", lacks=False),
    "the form asks for what the new default status requires": Case(
        (EMAIL, FormQuestion("company", required=True)), pipeline="leads", lacks=False
    ),
    "the form has a status of its own": Case(
        (EMAIL,), pipeline="leads", form={"status": "qualified"}, lacks=False
    ),
    "the form's own status is the default so far": Case(
        (EMAIL,), pipeline="leads", form={"status": "new"}, lacks=False
    ),
    "the form's own status is closed": Case((EMAIL,), pipeline="leads", form={"status": "won"}, lacks=True),
}


def change_of(case: Any, departments: Any, statuses: Any) -> Requirement:
    departments_of = (getattr(departments, case.of).pk,) if case.of else ()
    status = getattr(statuses, case.entering).pk if case.entering else None
    pipeline = Pipeline.objects.get(purpose=case.pipeline).pk if case.pipeline else None
    return Requirement("lead", case.field, "Company", departments_of, status, pipeline)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_form_would_add_leads_without_the_field(case, make_form, departments, statuses):
    given = {
        name: getattr(statuses, value) if name == "status" else value for name, value in case.form.items()
    }
    form = make_form(questions=list(case.asks), **given)
    assert may_lack_field(form, change_of(case, departments, statuses)) is case.lacks


class Mapped(NamedTuple):
    """`mapping` is that of a webhook of the department Sales, which starts its leads in New, or in its `own` status."""

    mapping: dict[str, str]
    leaves_out: bool
    field: str = "company"
    of: str = ""
    entering: str = ""
    table: str = "lead"
    pipeline: str = ""
    own: str = ""


WEBHOOKS = {
    "no path fills the field": Mapped({"email": "email"}, leaves_out=True),
    "a path fills the field": Mapped({"email": "email", "firm": "company"}, leaves_out=False),
    "the whole name fills the last name": Mapped({"name": "name"}, field="last_name", leaves_out=False),
    "the whole name doesn’t fill the company": Mapped({"name": "name"}, leaves_out=True),
    "no name fills the last name": Mapped({"email": "email"}, field="last_name", leaves_out=True),
    "the webhook gives no owner": Mapped({"email": "email"}, field="owner", leaves_out=True),
    "the webhook itself gives the country": Mapped({"email": "email"}, field="country", leaves_out=False),
    "the webhook isn't mapped yet": Mapped({}, leaves_out=False),
    "another department requires the field": Mapped({"email": "email"}, of="export", leaves_out=False),
    "a later status requires the field": Mapped({"email": "email"}, entering="qualified", leaves_out=False),
    "the new default status of its pipeline requires the field": Mapped(
        {"email": "email"}, pipeline="leads", leaves_out=True
    ),
    "the default of another pipeline requires it": Mapped(
        {"email": "email"}, pipeline="deals", leaves_out=False
    ),
    "the webhook has a status of its own": Mapped(
        {"email": "email"}, pipeline="leads", own="qualified", leaves_out=False
    ),
    "the field is one of requests": Mapped({"email": "email"}, table="request", leaves_out=False),
}


@pytest.mark.parametrize("case", WEBHOOKS.values(), ids=WEBHOOKS.keys())
def test_a_webhook_would_leave_the_field_out(case, departments, statuses):
    own = getattr(statuses, case.own) if case.own else None
    webhook = IncomingWebhook(
        name="Ads", department=departments.sales, mapping=case.mapping, makes="lead", status=own
    )
    change = change_of(case, departments, statuses)
    asked = Requirement(
        case.table, change.name, change.label, change.departments, change.status, change.pipeline
    )
    assert never_fills_field(webhook, asked) is case.leaves_out


@pytest.fixture
def webhooks(departments, ada):
    """One that fills the company, and one that doesn't."""
    with operation("test", by=ada):
        return [
            IncomingWebhook.objects.create(
                name=name, public_id=name, department=departments.sales, mapping=mapping, makes="lead"
            )
            for name, mapping in (("Ads", {"email": "email"}), ("Fair", {"firm": "company"}))
        ]


def test_only_the_forms_and_webhooks_without_the_field_are_named(make_form, webhooks, ada):
    make_form(name="Contact", questions=[EMAIL])
    make_form(name="Offer", slug="offer", questions=[EMAIL, FormQuestion("company", required=True)])
    found = get_affected_rows(Requirement("lead", "company", "Company"), ada)
    assert [[name for name, _page in uses.rows] for uses in found] == [["Contact"], ["Ads"]]
    assert [uses.sentence.split(" “")[0] for uses in found] == [
        "1 web form doesn’t require",
        "1 incoming webhook has no mapping for",
    ]


def test_each_form_and_webhook_has_the_address_of_the_page_that_changes_it(make_form, webhooks, ada, ann):
    form = make_form(name="Contact", questions=[EMAIL])
    found = get_affected_rows(Requirement("lead", "company", "Company"), ada)
    assert [page for uses in found for _name, page in uses.rows] == [
        reverse("intake_forms:questions", args=[form.pk]),
        reverse("incoming:mapping", args=[webhooks[0].pk]),
    ]


def test_only_the_forms_and_webhooks_with_a_field_that_is_retired_are_named(
    make_form, make_field, departments, ada
):
    level, other = make_field("Level"), make_field("Other")
    make_form(name="Contact", questions=[EMAIL, FormQuestion(level.name)])
    make_form(name="Offer", slug="offer", questions=[EMAIL])
    with operation("test", by=ada):
        for name, mapping in (("Ads", {"level": level.name}), ("Fair", {"email": "email"})):
            IncomingWebhook.objects.create(
                name=name, public_id=name, department=departments.sales, mapping=mapping, makes="lead"
            )
    for change in (level.definition, Retirement(level.definition)):
        found = get_affected_rows(change, ada)
        assert [[name for name, _page in uses.rows] for uses in found] == [["Contact"], ["Ads"]]
    assert get_affected_rows(other.definition, ada) == []


@pytest.mark.parametrize("change", ["status", "retired status", "source"])
def test_only_the_forms_and_webhooks_with_a_status_or_a_source_are_named(
    change, make_form, departments, statuses, sources, ada
):
    used = {"status": statuses.contacted, "source": sources.event}
    other = {"status": statuses.new, "source": sources.website}
    make_form(name="Contact", questions=[EMAIL], **used)
    make_form(name="Offer", slug="offer", questions=[EMAIL], **other)
    with operation("test", by=ada):
        for name, values in (("Ads", used), ("Fair", other)):
            IncomingWebhook.objects.create(
                name=name, public_id=name, department=departments.sales, makes="lead", **values
            )
    asked: Any = used["source"] if change == "source" else used["status"]
    found = get_affected_rows(Retirement(asked) if change == "retired status" else asked, ada)
    assert [[name for name, _page in uses.rows] for uses in found] == [["Contact", "Ads"]]
    unused: Any = statuses.qualified if "status" in change else sources.referral
    assert get_affected_rows(Retirement(unused) if change == "retired status" else unused, ada) == []


@pytest.mark.parametrize(
    ("permission", "names"),
    [
        ("view_webform", ["Contact", "another one"]),
        ("view_incomingwebhook", ["another one", "Ads"]),
        ("view_lead", ["another one", "another one"]),
    ],
)
def test_forms_and_webhooks_are_named_only_for_users_who_may_view_them(
    permission, names, make_form, webhooks, someone_with
):
    make_form(name="Contact", questions=[EMAIL])
    eve = someone_with("see_all", permission)
    found = get_affected_rows(Requirement("lead", "company", "Company"), eve)
    assert [name for uses in found for name, _page in uses.rows] == names
    assert {page for uses in found for _name, page in uses.rows} == {""}
