"""Requests: incoming inquiries. What all kinds of records have is tested for leads and companies; this is the rest."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.models import Company, Request
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, verdicts, work, workbook
from tests.reading import close_up

LIST = "/admin/requests"
TEXT = "Hello,\n\nwe need  200 <b>units</b>.\n\tAna"


def form(departments, **values) -> dict:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    first = {"subject": "Offer", "channel": "here", "state": "new", "received_at": now}
    return {**first, "department": departments.sales.pk, **values}


@pytest.fixture
def offer(make_request):
    return make_request("Offer", text=TEXT, email="ana@omnia.example", last_name="Albu")


def test_a_request_is_added_as_it_came_and_shown_whole(ann, departments, sign_in):
    browser = sign_in(ann)
    browser.post(f"{LIST}/new", form(departments, text=TEXT, email="ana@omnia.example"))
    row = Request.objects.get()
    assert (row.subject, row.text, row.channel, row.state) == ("Offer", TEXT, "here", "new")
    page = browser.get(f"{LIST}/{row.pk}").text
    assert "we need  200 &lt;b&gt;units&lt;/b&gt;.\n\tAna" in page
    assert '<span class=chip data-hue="250">New</span>' in page.replace("data-hue=250", 'data-hue="250"')


def test_a_new_request_was_added_here_just_now_unless_the_form_says_otherwise(ann, departments, sign_in):
    browser = sign_in(ann)
    found = browser.get(f"{LIST}/new").context["form"]
    assert (found["channel"].value(), found["state"].value()) == ("here", "new")
    begun = timezone.now().replace(microsecond=0)
    browser.post(f"{LIST}/new", form(departments, received_at=""))
    row = Request.objects.get()
    assert begun <= row.received_at <= timezone.now()
    answer = browser.post(f"{LIST}/{row.pk}/edit", form(departments, received_at="", version=row.version))
    assert set(answer.context["form"].errors) == {"received_at"}


def test_the_message_never_changes_after_adding(offer, ann, departments, sign_in):
    browser = sign_in(ann)
    values = form(departments, subject="Other", text="changed", version=offer.version)
    assert browser.post(f"{LIST}/{offer.pk}/edit", values).status_code == 302
    row = Request.objects.get()
    assert (row.subject, row.text) == ("Other", TEXT)
    assert "disabled" in close_up(browser.get(f"{LIST}/{offer.pk}/edit").text).split('name="text"')[1][:200]


def test_a_request_without_a_subject_and_one_from_the_future_are_errors(ann, departments, sign_in):
    later = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = sign_in(ann).post(f"{LIST}/new", form(departments, subject="", received_at=later, text=TEXT))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"subject", "received_at"}
    assert answer.context["form"]["text"].value() == TEXT
    assert not Request.objects.exists()


def test_a_request_may_have_been_received_before_it_was_added(ann, departments, sign_in):
    sign_in(ann).post(f"{LIST}/new", form(departments, received_at="2026-01-02T03:04"))
    assert timezone.localtime(Request.objects.get().received_at).strftime("%d %H:%M") == "02 03:04"


def test_saving_the_form_unchanged_changes_nothing(offer, ann, departments, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/{offer.pk}/edit").context["form"]
    sent = {name: page[name].value() for name in page.fields if page[name].value() is not None}
    sent["received_at"] = timezone.localtime(offer.received_at).strftime("%Y-%m-%dT%H:%M:%S")
    browser.post(f"{LIST}/{offer.pk}/edit", {**sent, "version": offer.version})
    offer.refresh_from_db()
    assert offer.version == 1


def test_everyone_starts_with_the_open_requests(offer, make_request, ann, bob, sign_in):
    make_request("Winning a prize", state="spam")
    for user in (ann, bob):
        answer = sign_in(user).get(LIST, follow=True)
        assert answer.request["QUERY_STRING"] == "state=new&state=in_progress"
        assert ">Offer<" in answer.text
        assert "Winning" not in answer.text
    assert "Winning" in sign_in(ann).get(f"{LIST}?state=spam").text


def test_a_request_without_an_owner_is_seen_by_its_department(
    offer, ann, bob, ben, dan, make_request, sign_in
):
    """Bob and Ben are sales reps in Sales, Dan is one in another department."""
    for user in (ann, bob, ben):
        assert sign_in(user).get(f"{LIST}/{offer.pk}").status_code == 200, user
    assert sign_in(dan).get(f"{LIST}/{offer.pk}").status_code == 404
    owned = make_request("Owned", owner=bob)
    assert sign_in(bob).get(f"{LIST}/{owned.pk}").status_code == 200
    assert sign_in(ben).get(f"{LIST}/{owned.pk}").status_code == 404


def test_a_rep_takes_a_request_before_changing_it(offer, bob, sign_in):
    browser = sign_in(bob)
    assert browser.post(f"{LIST}/{offer.pk}/inline/state", {"state": "done"}).status_code == 403
    browser.post(f"{LIST}/{offer.pk}/take")
    browser.post(f"{LIST}/{offer.pk}/inline/state", {"state": "done"})
    offer.refresh_from_db()
    assert (offer.owner, offer.state) == (bob, "done")


def test_state_and_owner_are_edited_in_place(offer, ann, bob, sign_in):
    browser = sign_in(ann)
    assert "In progress" in browser.get(f"{LIST}/{offer.pk}/inline/state").text
    browser.post(f"{LIST}/{offer.pk}/inline/state", {"state": "in_progress"})
    browser.post(f"{LIST}/{offer.pk}/inline/owner", {"owner": bob.pk})
    offer.refresh_from_db()
    assert (offer.state, offer.owner) == ("in_progress", bob)
    assert browser.post(f"{LIST}/{offer.pk}/inline/state", {"state": "lost"}).status_code == 422


def test_the_state_of_many_is_changed_with_a_preview_and_an_undo(offer, make_request, ann, sign_in):
    make_request("Winning a prize", state="spam")
    browser = sign_in(ann)
    address = browser.post(f"{LIST}/bulk?all=1", {"action": "state", "all": "1"})["Location"]
    browser.post(address, {"state": "spam"})
    record = Operation.objects.get(kind="edit")
    assert (record.changed, record.unchanged) == (1, 1)
    revert_operation(record, by=ann)
    assert set(Request.objects.values_list("subject", "state")) == {
        ("Offer", "new"),
        ("Winning a prize", "spam"),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=units", {"Offer"}),
        ("q=omnia", {"Offer"}),
        ("state=spam", {"Prize"}),
        ("channel=form", {"Prize"}),
        ("state_not=on&state=spam", {"Offer"}),
        ("subject.contains=riz", {"Prize"}),
        ("company.is=Omnia", {"Prize"}),
        ("company.empty=yes", {"Offer"}),
        ("received=today", {"Offer", "Prize"}),
        ("received_at.before=2020-01-01", set()),
    ],
)
def test_the_list_searches_and_filters(offer, make_request, make_company, ann, sign_in, query, found):
    make_request("Prize", state="spam", channel="form", company=make_company("Omnia"))
    page = sign_in(ann).get(f"{LIST}?{query}").text
    assert {name for name in ("Offer", "Prize") if f">{name}<" in page} == found


@pytest.mark.parametrize(
    "sort", ["name", "state", "channel", "received_at", "company_name", "email", "owner", "website"]
)
def test_the_list_sorts(offer, make_request, ann, sign_in, sort):
    make_request("Prize", state="spam", channel="form", company_name="Alba", website="alba.example")
    for sign in ("", "-"):
        page = sign_in(ann).get(f"{LIST}?all=1&sort={sign}{sort}").text
        assert ">Offer<" in page
        assert ">Prize<" in page


def test_deleting_a_company_permanently_unlinks_its_requests_and_undo_links_them_again(
    make_request, make_company, ada
):
    omnia = make_company("Omnia")
    row = make_request(company=omnia)
    companies = Company.objects.filter(pk=omnia.pk)
    carry_out(Delete(), companies, by=ada)
    outcome = carry_out(Purge(), companies, by=ada)
    row.refresh_from_db()
    assert row.company_id is None
    revert_operation(Operation.objects.get(pk=outcome.operation.pk), by=ada)
    row.refresh_from_db()
    assert row.company_id == omnia.pk


def test_programs_read_add_and_change_requests_but_not_the_message(ada, offer):
    program = Program(make_token(ada), "Authorization", "Bearer ")
    read = program.get(f"/api/v2/requests/{offer.pk}")
    assert (read["text"], read["state"], read["lead"]) == (TEXT, "new", None)
    sent = {"subject": "Prices", "text": "How much?", "channel": "form", "email": "a@b.example"}
    pk = program.post("/api/v2/requests", sent, expect=201)["id"]
    row = Request.objects.get(pk=pk)
    assert (row.text, row.channel, row.owner) == ("How much?", "form", None)
    program.patch(f"/api/v2/requests/{pk}", {"state": "done"})
    problem = program.patch(f"/api/v2/requests/{pk}", {"text": "Other"}, expect=422)
    assert [error["parameter"] for error in problem["errors"]] == ["text"]
    row.refresh_from_db()
    assert (row.state, row.text) == ("done", "How much?")
    names = [found["subject"] for found in program.get("/api/v2/requests?state=done")["requests"]]
    assert names == ["Prices"]


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_file_of_requests_comes_back_with_its_changes_and_new_rows(
    offer, make_company, make_contact, make_lead, ann, sign_in
):
    alba, vera, jan = make_company("Alba"), make_contact("Vera Moss"), make_lead("Jan Novák")
    with operation("test", by=None):
        Request.objects.filter(pk=offer.pk).update(lead=jan)
    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write?all=1", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    changes = {"State": "Done", "Message": "changed", "Company": "Alba", "Contact": f"#{vera.pk}"}
    changed = [changes.get(name, value) for name, value in zip(head, row, strict=True)]
    given = {"Subject": "Prices", "Message": "How much?", "Email": "ana@omnia.example"}
    file = io.BytesIO(workbook([head, changed, [given.get(name) for name in head]]))
    file.name = "requests.xlsx"
    browser.post(f"{LIST}/import", {"file": file})
    work()
    imported = choose(browser, Import.objects.get(), "columns")
    assert verdicts(imported) == {"new": 1, "changed": 1}
    apply(browser, answer_plan(browser, imported))
    offer.refresh_from_db()
    # The message stays as it came.
    assert (offer.state, offer.text) == ("done", TEXT)
    assert (offer.lead, offer.company, offer.contact) == (jan, alba, vera)
    new = Request.objects.get(subject="Prices")
    assert (new.text, new.state, new.channel) == ("How much?", "new", "here")
    revert_operation(Operation.objects.get(kind="import"), by=ann)
    offer.refresh_from_db()
    assert offer.state == "new"
    assert Request.objects.present().count() == 1


def test_the_history_of_requests_shows_states_and_links_by_name(offer, make_company, ann, sign_in):
    make_company("Omnia")
    browser = sign_in(ann)
    browser.post(f"{LIST}/{offer.pk}/inline/state", {"state": "in_progress"})
    browser.post(f"{LIST}/{offer.pk}/link/company", {"company": "Omnia"})
    page = browser.get(f"{LIST}/{offer.pk}").text
    assert "<ins>In progress</ins>" in page
    assert "<ins>Omnia</ins>" in page


def test_requests_of_a_permanently_deleted_lead_stay(offer, make_lead, ada):
    lead = make_lead()
    with operation("test", by=None):
        Request.objects.filter(pk=offer.pk).update(lead=lead)
    leads = type(lead).objects.filter(pk=lead.pk)
    carry_out(Delete(), leads, by=ada)
    carry_out(Purge(), leads, by=ada)
    offer.refresh_from_db()
    assert offer.lead_id is None


def test_the_number_of_queries_of_the_list_does_not_grow_with_the_rows(
    make_request, make_company, make_contact, make_lead, ann, bob, sign_in
):
    browser = sign_in(ann)
    shown = {"column": ["name", "state", "channel", "lead", "company", "contact", "owner", "received_at"]}
    browser.post(f"{LIST}/columns", shown)
    numbers = []
    for _round in range(2):
        for _row in range(5):
            links = {"company": make_company(), "contact": make_contact(), "lead": make_lead()}
            make_request(owner=bob, **links)
        browser.get(f"{LIST}?all=1")
        with CaptureQueriesContext(connection) as queries:
            assert "Jan Novák" in browser.get(f"{LIST}?all=1").text
        numbers.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert numbers[0] == numbers[1] <= 12
