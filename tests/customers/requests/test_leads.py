"""The lead that a request becomes."""

from crm.models import Operation, Verdict
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Request
from leads.models import Lead, Source
from leads.verbs import Edit as EditLead
from tests.customers.conftest import TEXT
from tests.leads.assignment.assigning import make_rule

LIST = "/admin/requests"


def test_a_lead_is_created_with_everything_typed_and_undone_in_one_step(inquiry, bob, ann, make_tag, sign_in):
    hot = make_tag("hot")
    with operation("test", by=None):
        Request.objects.update(owner=bob, tags=[hot.pk])
    before = Request.objects.values().get()
    assert sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")["Location"] == f"{LIST}/{inquiry.pk}"
    lead = Lead.objects.get()
    inquiry.refresh_from_db()
    assert (inquiry.lead, inquiry.state) == (lead, "done")
    assert (lead.first_name, lead.last_name, lead.company) == ("Ana", "Albu", "Omnia")
    assert (lead.email, lead.phone, lead.phone_normal) == (
        "ana@omnia.example",
        "0722 123 456",
        "+40722123456",
    )
    assert (lead.website, str(lead.country), lead.tags) == ("omnia.example", "RO", [hot.pk])
    assert (lead.owner, lead.department, lead.created_by) == (bob, inquiry.department, ann)
    assert lead.description == f"Offer\n\n{TEXT}\n\nChannel: Email"
    assert (lead.source.key, lead.status.kind) == ("other", "new")
    record = Operation.objects.get(kind="create_lead")
    verdicts = {verdict.table: verdict.ids for verdict in Verdict.objects.filter(operation=record)}
    assert verdicts == {"request": [inquiry.pk], "lead": [lead.pk]}
    assert not get_undo_obstacle(record, ann)
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert lead.deleted_at
    after = Request.objects.values().get()
    assert {name for name in before if before[name] != after[name]} <= {"version", "updated_at"}
    revert_operation(Operation.objects.get(undoes=record), by=ann)
    inquiry.refresh_from_db()
    lead.refresh_from_db()
    assert (inquiry.lead, lead.deleted_at) == (lead, None)


def test_a_lead_that_a_colleague_worked_on_since_is_kept_by_the_undo(inquiry, ann, bob, sign_in):
    sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")
    leads = Lead.objects.all()
    carry_out(EditLead({"city": "Cluj"}), leads, by=ann)
    revert_operation(Operation.objects.get(kind="create_lead"), by=ann)
    assert leads.get().deleted_at is None


def test_a_web_form_is_the_source_website_without_a_remark(inquiry, ann, sign_in):
    with operation("test", by=None):
        Request.objects.update(channel="form")
    sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")
    lead = Lead.objects.get()
    assert (lead.source.key, lead.description) == ("website", f"Offer\n\n{TEXT}")


def test_the_operation_names_the_request_and_shows_both_records(inquiry, ann, sign_in):
    browser = sign_in(ann)
    page = browser.post(f"{LIST}/{inquiry.pk}/lead", follow=True).text
    assert "Created a lead from this request." in page
    record = Operation.objects.get(kind="create_lead")
    page = browser.get(f"/admin/operations/{record.pk}").text
    assert "Create a lead" in page
    assert "Offer" in page
    assert "Ana Albu" in page


def test_two_people_who_create_a_lead_get_one(inquiry, ann, oscar, sign_in):
    sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")
    page = sign_in(oscar).post(f"{LIST}/{inquiry.pk}/lead", follow=True).text
    assert "This request already has a lead." in page
    assert Lead.objects.count() == 1


def test_a_lead_that_needs_more_asks_for_it_and_keeps_everything(inquiry, ann, statuses, sign_in):
    with operation("test", by=None):
        type(statuses.new).objects.filter(pk=statuses.new.pk).update(required_fields=["city"])
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/{inquiry.pk}/lead")
    assert answer.status_code == 422
    found = answer.context["form"]
    assert set(found.errors) == {"city"}
    assert found["description"].value().replace("\r\n", "\n").startswith(f"Offer\n\n{TEXT}")
    assert not Lead.objects.exists()
    sent = {name: found[name].value() for name in found.fields if found[name].value() is not None}
    browser.post(f"{LIST}/{inquiry.pk}/lead", {**sent, "city": "Cluj"})
    inquiry.refresh_from_db()
    assert inquiry.lead.city == "Cluj"


def test_a_request_without_a_sender_asks_for_a_name(make_request, ann, sign_in):
    row = make_request("Offer", text=TEXT)
    answer = sign_in(ann).post(f"{LIST}/{row.pk}/lead")
    assert answer.status_code == 422
    assert "Enter at least a name, company, email or phone." in answer.text


def test_without_the_source_other_the_form_asks_for_a_source(inquiry, ann, sign_in):
    with operation("test", by=None):
        Source.objects.filter(key="other").update(retired=True)
    assert set(sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead").context["form"].errors) == {"source"}


def test_the_owner_is_carried_over_by_those_who_may_not_assign(inquiry, bob, oscar, sign_in):
    """Oscar is an operator."""
    with operation("test", by=None):
        Request.objects.update(owner=bob)
    sign_in(oscar).post(f"{LIST}/{inquiry.pk}/lead")
    assert Lead.objects.get().owner == bob


def test_only_those_who_may_add_leads_and_change_the_request_create_a_lead(
    inquiry, someone_with, bob, dan, sign_in
):
    eve = someone_with("view_request", "change_request", "see_departments")
    assert sign_in(eve).post(f"{LIST}/{inquiry.pk}/lead").status_code == 403
    assert "Create a lead" not in sign_in(eve).get(f"{LIST}/{inquiry.pk}").text
    assert sign_in(bob).post(f"{LIST}/{inquiry.pk}/lead").status_code == 403
    assert sign_in(dan).post(f"{LIST}/{inquiry.pk}/lead").status_code == 404
    assert not Lead.objects.exists()


def test_the_lead_of_an_unassigned_request_is_assigned_by_the_rules_for_its_channel(
    inquiry, ann, bob, ben, sign_in
):
    make_rule("Forms", ways=["form"], user=ben)
    make_rule("Email", ways=["mail"], user=bob)
    sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")
    assert Lead.objects.get().owner == bob
    revert_operation(Operation.objects.get(kind="create_lead"), by=ann)
    assert not Lead.objects.present().exists()


def test_the_lead_of_a_request_keeps_its_owner_whatever_the_rules_say(inquiry, ann, bob, ben, sign_in):
    make_rule("Email", ways=["mail"], user=bob)
    with operation("test", by=None):
        Request.objects.update(owner=ben)
    sign_in(ann).post(f"{LIST}/{inquiry.pk}/lead")
    assert Lead.objects.get().owner == ben
