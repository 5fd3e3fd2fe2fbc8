"""Fields that become required after a form was published: leads are added and marked, administrators are notified, and the page
that makes a field required names the forms first."""

import pytest
from django.core import mail

from crm.models import BuiltInField, Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.verb_execution import operation
from intake.forms.questions import FormQuestion
from intake.forms.submissions.confirmation_email import build_confirmation_token
from intake.models import IncomingWebhook, Submission, WebForm
from leads.models import Lead, Status
from tests.crm.transfer.imports.importing import filled_in
from tests.intake.forms.test_public_page import ANA
from tests.reading import close_up

pytestmark = pytest.mark.django_db
MARK = "The form didn’t ask for these required fields: company."


@pytest.fixture
def requires_company(statuses):
    """Leads in New need a company from now on."""

    def change():
        with operation("test", by=None):
            statuses.new.required_fields = ["company"]
            statuses.new.save()

    return change


def test_a_field_that_the_status_requires_later_does_not_keep_the_lead_out(
    make_form, send, requires_company, ada, sign_in
):
    form = make_form()
    requires_company()
    assert send(form, **ANA).status_code == 302
    lead, sent = Lead.objects.get(), Submission.objects.get()
    assert (sent.state, sent.lead, sent.reasons) == ("lead", lead, ["needs:company"])
    browser = sign_in(ada)
    assert MARK in browser.get(lead.get_absolute_url()).text
    assert MARK in browser.get(f"/admin/forms/submissions/{sent.pk}").text
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(company="Omnia")
    assert MARK not in browser.get(lead.get_absolute_url()).text


def test_a_built_in_field_that_becomes_required_does_not_keep_the_lead_out(make_form, send):
    form = make_form()
    with operation("test", by=None):
        BuiltInField.objects.create(table_of="lead", name="city", required=True)
    send(form, **ANA)
    assert Submission.objects.get().reasons == ["needs:city"]
    assert Lead.objects.exists()


def test_a_value_that_another_lead_has_by_now_is_left_out(make_form, make_field, send, ada, sign_in):
    number = make_field("Tax number", is_unique=True)
    form = make_form(
        duplicates="add", questions=[FormQuestion("email", required=True), FormQuestion(number.name)]
    )
    send(form, email="ion@omnia.example", **{number.name: "RO 1"})
    send(form, email="ana@omnia.example", **{number.name: "RO 1"})
    second = Submission.objects.order_by("-pk")[0]
    assert (second.state, second.reasons) == ("lead", [f"value_taken:{number.name}"])
    page = sign_in(ada).get(second.lead.get_absolute_url()).text
    assert "because another lead already has the value: Tax number." in page


def test_an_answer_that_the_department_has_no_field_for_is_marked_and_the_forms_pages_say_so(
    make_form, make_field, send, ada, sign_in, departments
):
    port = make_field("Port", departments=[departments.export.pk])
    form = make_form(questions=[FormQuestion("email", required=True), FormQuestion(port.name)])
    send(form, email="ana@omnia.example", **{port.name: "Constanța"})
    sent, browser = Submission.objects.get(), sign_in(ada)
    assert (sent.state, sent.reasons) == ("lead", [f"not_used:{port.name}"])
    mark = "doesn’t use these fields, so the visitor’s answers weren’t saved: Port."
    assert mark in browser.get(sent.lead.get_absolute_url()).text
    assert mark in browser.get(f"/admin/forms/submissions/{sent.pk}").text
    for page in ("", "/edit", "/questions"):
        assert "so answers to them aren’t saved: Port." in browser.get(f"/admin/forms/{form.pk}{page}").text
    used = make_form(
        name="Export",
        slug="export",
        department=departments.export,
        questions=[FormQuestion("email"), FormQuestion(port.name)],
    )
    assert "aren’t saved" not in browser.get(f"/admin/forms/{used.pk}").text


def test_those_who_may_change_the_form_are_notified_once_a_day(make_form, send, requires_company, ada, ann):
    form = make_form()
    requires_company()
    send(form, **ANA)
    send(form, **ANA | {"email": "ion@omnia.example"})
    (notice,) = Notification.objects.filter(kind="web_form_incomplete")
    assert (notice.user, notice.path) == (ada, f"/admin/forms/{form.pk}/questions")
    assert get_notification_sentence(notice) == f"Leads from the form “Contact us” are incomplete. {MARK}"


def test_a_form_without_a_status_for_its_leads_notifies_of_the_submission(make_form, send, monkeypatch, ada):
    monkeypatch.setattr("intake.forms.submissions.lead_creation.get_form_status", lambda form: None)
    form = make_form()
    send(form, **ANA)
    sent = Submission.objects.get()
    assert (sent.state, sent.reasons) == ("failed", ["status_retired"])
    notice = Notification.objects.get(kind="web_form_failed", user=ada)
    assert notice.path == f"/admin/forms/{form.pk}/submissions?state=failed"
    assert get_notification_sentence(notice).startswith(
        "The form “Contact us” was sent, but no lead could be added."
    )


def test_a_question_that_is_added_before_the_visitor_confirms_is_not_required_of_them(
    make_form, send, visitor
):
    form = make_form(confirms=True)
    send(form, **ANA)
    with operation("test", by=None):
        WebForm.objects.update(
            questions=[*form.questions, FormQuestion("company", required=True).as_json()],
        )
    sent = Submission.objects.get()
    visitor.post(f"{form.path}/confirm/{build_confirmation_token(sent)}")
    assert Lead.objects.get().email == ANA["email"]
    assert mail.outbox == []


def test_a_form_whose_status_is_closed_by_now_adds_leads_in_the_first_one(
    make_form, make_status, send, statuses
):
    later = make_status("Later")
    form = make_form(status=later)
    with operation("test", by=None):
        Status.objects.filter(pk=later.pk).update(kind="disqualified")
    send(form, **ANA)
    assert Lead.objects.get().status == statuses.new


# Settings


def post(browser, address, **data):
    form = browser.get(address).context["form"]
    return browser.post(
        address, {name: value for name, value in (filled_in(form) | data).items() if value != ""}
    )


@pytest.fixture
def webhook(departments):
    with operation("test", by=None):
        return IncomingWebhook.objects.create(
            name="Ads", department=departments.sales, mapping={"email": "email"}, makes="lead"
        )


def test_a_built_in_field_names_forms_and_webhooks_before_it_is_required(make_form, webhook, ada, sign_in):
    form, browser = make_form(), sign_in(ada)
    page = post(browser, "/admin/leads/fields/built-in/company", required="on")
    assert page.status_code == 422
    assert "1 web form doesn’t require “Company”." in close_up(page.text)
    assert f"/admin/forms/{form.pk}/questions" in page.text
    # A question isn't an error, until its page was sent without an answer.
    assert "Fix 1 error" not in page.text
    page = post(browser, "/admin/leads/fields/built-in/company", required="on", asked_to_confirm="1")
    assert "Fix 1 error" in page.text
    assert "This change affects other settings. Confirm it." in page.text
    assert "1 incoming webhook has no mapping for “Company”." in close_up(page.text)
    assert not BuiltInField.objects.exists()
    again = post(browser, "/admin/leads/fields/built-in/company", required="on", confirmed="on")
    assert again.status_code == 302
    assert BuiltInField.objects.get().required


def test_a_custom_field_names_the_forms_before_it_is_required_or_retired(make_form, make_field, ada, sign_in):
    size = make_field("Size")
    make_form(questions=[FormQuestion("email", required=True), FormQuestion(size.name)])
    browser, address = sign_in(ada), f"/admin/leads/fields/{size.definition.pk}"
    page = post(browser, address, required="on")
    assert page.status_code == 422
    assert "1 web form doesn’t require “Size”." in close_up(page.text)
    page = post(browser, address, retired="on")
    assert "1 web form asks for the field." in close_up(page.text)
    assert post(browser, address, retired="on", confirmed="on").status_code == 302
    assert "1 web form asks for the field" not in browser.get(f"{address}/delete").text


def test_the_page_that_deletes_a_field_names_the_forms_that_ask_for_it(make_form, make_field, ada, sign_in):
    size = make_field("Size")
    make_form(questions=[FormQuestion("email", required=True), FormQuestion(size.name)])
    page = sign_in(ada).get(f"/admin/leads/fields/{size.definition.pk}/delete")
    assert "1 web form asks for the field." in close_up(page.text)


def test_a_status_names_the_forms_before_it_requires_a_field(make_form, make_lead, statuses, ada, sign_in):
    make_form()
    make_lead(status=statuses.new, company="")
    browser, address = sign_in(ada), f"/admin/leads/statuses/{statuses.new.pk}/edit"
    page = post(browser, address, required_fields=["company"])
    assert page.status_code == 422
    assert "1 web form doesn’t require “Company”." in close_up(page.text)
    assert page.text.count('name="confirmed"') == 1
    assert post(browser, address, required_fields=["company"], confirmed="on").status_code == 302


def test_a_status_names_the_forms_before_it_becomes_the_default(make_form, make_status, ada, sign_in):
    make_form()
    later = make_status("Checked", required_fields=["company"])
    browser, address = sign_in(ada), f"/admin/leads/statuses/{later.pk}/edit"
    page = post(browser, address, is_default="on")
    assert page.status_code == 422
    assert "1 web form doesn’t require “Company”." in close_up(page.text)
    later.refresh_from_db()
    assert not later.is_default
    assert post(browser, address, is_default="on", confirmed="on").status_code == 302


def test_a_new_status_names_the_forms_before_it_becomes_the_default(make_form, ada, sign_in):
    make_form()
    browser = sign_in(ada)
    new = {"name": "Checked", "kind": "new", "required_fields": ["company"], "is_default": "on"}
    page = post(browser, "/admin/leads/statuses/new", **new)
    assert "1 web form doesn’t require “Company”." in close_up(page.text)
    assert post(browser, "/admin/leads/statuses/new", **new, confirmed="on").status_code == 302
    assert Status.objects.get(name="Checked").is_default


def test_a_status_names_the_forms_before_it_is_retired(make_form, make_status, ada, sign_in):
    later = make_status("Later")
    make_form(status=later)
    browser = sign_in(ada)
    page = post(browser, f"/admin/leads/statuses/{later.pk}/edit", retired="on")
    assert page.status_code == 422
    assert "starts its leads in this status" in page.text


def test_the_name_of_a_form_is_only_for_those_who_may_view_it(make_form, someone_with, sign_in):
    make_form(name="Secret form")
    browser = sign_in(someone_with("change_customfield", "view_customfield"))
    page = post(browser, "/admin/leads/fields/built-in/company", required="on")
    assert "1 web form doesn’t require" in page.text
    assert "Secret form" not in page.text
