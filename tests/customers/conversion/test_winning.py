"""Leads that enter a won status are converted by the stored rules, whichever way they enter it."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs.add import add_records
from customers.models import Company, Contact, ConversionRules
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Edit, Move
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import apply, choose, upload, verdicts
from tests.leads.queue.queueing import TODAY, day, decide


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", owner=bob, company="Omnia SRL", email="ana@omnia.example")


@pytest.fixture
def ambiguous(make_lead, make_company, ann):
    make_company("Vega", owner=ann)
    make_company("Vega", owner=ann)
    return make_lead("Ion Pop", company="Vega")


def is_converted(lead) -> bool:
    lead.refresh_from_db()
    return lead.client is not None and lead.client_contact is not None and lead.status.kind == "won"


def test_from_the_path_on_its_page(lead, ann, statuses, sign_in):
    sign_in(ann).post(f"/admin/leads/{lead.pk}/move", {"status": statuses.won.pk})
    assert is_converted(lead)


def test_from_the_list(lead, ann, statuses, sign_in):
    sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/status", {"status": statuses.won.pk})
    assert is_converted(lead)


def test_from_the_form(lead, ann, statuses, sign_in):
    browser = sign_in(ann)
    form = browser.get(f"/admin/leads/{lead.pk}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, [])}
    browser.post(f"/admin/leads/{lead.pk}/edit", {**data, "version": lead.version, "status": statuses.won.pk})
    assert is_converted(lead)


def test_from_the_board(lead, ann, statuses, sign_in):
    sign_in(ann).post(f"/admin/leads/board/{lead.pk}/move", {"column": statuses.won.pk})
    assert is_converted(lead)


def test_from_the_queue(lead, bob, statuses, make_task, sign_in):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(status=statuses.proposal)
    make_task("Call", lead, user=bob, due_on=day(TODAY))
    assert decide(sign_in(bob), lead, "won", filled="won").status_code == 302
    assert is_converted(lead)


def test_in_bulk_with_the_reason_of_each_that_is_ambiguous(lead, ambiguous, ann, statuses):
    outcome = carry_out(Move(statuses.won), Lead.objects.present(), by=ann, wanted=[lead.pk, ambiguous.pk])
    assert outcome.changed == [lead.pk]
    assert outcome.refused == {"several_companies": [ambiguous.pk]}
    assert is_converted(lead)


def test_from_a_program_of_crm_connect(lead, ambiguous, ann, statuses):
    program = Program(make_token(ann))
    program.put(f"/api/leads/{lead.pk}", {"status": statuses.won.pk})
    assert is_converted(lead)
    row = program.get(f"/api/leads/{lead.pk}")
    assert row["client_id"] == str(lead.client_id)
    assert row["date_converted"]
    program.put(f"/api/leads/{ambiguous.pk}", {"status": statuses.won.pk}, expect=422)
    assert "Several companies match." in program.last.text


def test_from_a_program_of_our_own(lead, ann, statuses):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    program.patch(f"/api/v2/leads/{lead.pk}", {"status": statuses.won.pk})
    assert is_converted(lead)
    assert program.get(f"/api/v2/leads/{lead.pk}")["client"] == lead.client_id


def test_a_lead_that_is_added_as_won(ann, statuses, lead_of, departments, sources):
    values = {"first_name": "Ana", "last_name": "Albu", "company": "Omnia", "email": "ana@omnia.example"}
    values |= {"status": statuses.won, "source": sources.other, "department": departments.sales}
    (lead,) = add_records(LEAD.add(Lead, [values]), by=ann)
    assert is_converted(lead)
    assert Operation.objects.filter(kind="add").count() == 1
    revert_operation(Operation.objects.get(kind="add"), by=ann)
    assert not Lead.objects.present().exists()
    assert not Company.objects.present().exists()


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_leads_of_a_file_new_and_changed(lead, ann, sign_in):
    browser = sign_in(ann)
    rows = [
        ["First name", "Last name", "Company", "Email", "Status"],
        ["Ana", "Albu", "Omnia SRL", "ana@omnia.example", "Won"],
        ["Ion", "Pop", "Vega", "ion@vega.example", "Won"],
        ["Dan", "Rus", "Vega", "dan@vega.example", "New"],
    ]
    imported = upload(browser, rows)
    choose(browser, imported, "columns")
    apply(browser, imported)
    assert is_converted(lead)
    assert is_converted(Lead.objects.get(last_name="Pop"))
    assert Lead.objects.get(last_name="Rus").client is None
    record = Operation.objects.get(kind="import")
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert lead.client is None
    assert not Company.objects.present().exists()


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_an_ambiguous_row_of_a_file_is_refused_with_its_reason(lead, ambiguous, ann, sign_in):
    browser = sign_in(ann)
    rows = [
        ["First name", "Last name", "Company", "Email", "Status"],
        ["Ana", "Albu", "Omnia SRL", "ana@omnia.example", "Won"],
        ["New", "Person", "Vega", "new@vega.example", "Won"],
        ["Open", "Person", "Vega", "open@vega.example", "New"],
    ]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 1, "duplicate": 1, "error": 1}
    page = browser.get(f"/admin/imports/{imported.pk}/plan").text
    assert "Several companies match. Choose one on the lead’s conversion page." in page
    apply(browser, imported)
    assert is_converted(lead)
    assert not Lead.objects.filter(last_name="Person", first_name="New").exists()


def test_undo_of_the_move_brings_the_lead_back(lead, ann, statuses):
    record = carry_out(Move(statuses.won), Lead.objects.filter(pk=lead.pk), by=ann).operation
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact, lead.converted_at) == (None, None, None)
    assert lead.status.kind != "won"
    assert not Company.objects.present().exists()
    assert not Contact.objects.present().exists()


def test_nothing_is_converted_while_the_rule_is_off(lead, ann, statuses):
    with operation("test", by=None):
        ConversionRules(pk=1, automatic=False).save()
    carry_out(Move(statuses.won), Lead.objects.filter(pk=lead.pk), by=ann)
    lead.refresh_from_db()
    assert lead.status == statuses.won
    assert lead.client is None


def test_a_user_who_may_not_add_companies_wins_leads_without_a_client(lead, someone_with, statuses):
    eve = someone_with("view_lead", "change_lead", "see_departments")
    carry_out(Move(statuses.won), Lead.objects.filter(pk=lead.pk), by=eve)
    lead.refresh_from_db()
    assert lead.status == statuses.won
    assert lead.client is None


def test_leads_won_before_are_found_and_converted_together(lead, ann, statuses, sign_in):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(status=statuses.won)
    browser = sign_in(ann)
    page = browser.get("/admin/leads?kind=won&client.empty=yes&client_contact.empty=yes")
    assert f'id="row-{lead.pk}"' in page.text or "Ana Albu" in page.text
    page = browser.post(
        "/admin/leads/bulk?kind=won&client.empty=yes", {"action": "convert", "all": "1"}, follow=True
    )
    browser.post(page.redirect_chain[-1][0])
    assert is_converted(lead)


def test_an_edit_of_other_fields_of_a_lead_won_before_converts_nothing(lead, ann, statuses):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(status=statuses.won)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=ann)
    lead.refresh_from_db()
    assert (lead.city, lead.client) == ("Cluj", None)
