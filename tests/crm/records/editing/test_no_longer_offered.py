"""A record keeps a person, department, status, source, reason or tag that nobody can choose any more: an edit changes only what was
typed, and is never refused for a value that was there before."""

from itertools import product

import pytest

from accounts.models import Department, IdentityProvider, User
from accounts.single_sign_on.forms import ProviderForm
from crm.models import Operation, Tag
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from intake.forms.questions import get_initial_questions
from intake.models import IncomingWebhook, WebForm
from leads.models import LostReason, Source, Status
from tests.examples import one_in
from tests.hard.filled import Filled

TYPED = {"lead": "city", "company": "city", "contact": "first_name", "deal": "name", "request": "subject"}


@pytest.fixture
def records(make_lead, make_company, make_contact, make_deal, make_request, ben, statuses, sources, reasons):
    """A record of each type that refers to everything that it can refer to."""
    with operation("test", by=None):
        tag = Tag.objects.create(name="Fair")
    reason = LostReason.objects.first()
    shared = {"owner": ben, "tags": [tag.pk]}
    omnia = make_company("Omnia", **shared)
    lost = {"status": statuses.lost, "lost_reason": reason, "lost_remark": "Too late"}
    return {
        "lead": make_lead(source=sources.event, **lost, **shared),
        "company": omnia,
        "contact": make_contact(company=omnia, **shared),
        "deal": make_deal(company=omnia, status=statuses.deal_lost, lost_reason=reason, owner=ben),
        "request": make_request(owner=ben, email="ana@omnia.example"),
    }


RETIRED = {
    "nothing": lambda: None,
    "the owner is deactivated": lambda: User.objects.filter(name__startswith="Ben").update(is_active=False),
    "the department is retired": lambda: Department.objects.filter(name="Sales").update(retired=True),
    "the status is retired": lambda: Status.objects.filter(kind="lost").update(retired=True),
    "the source is retired": lambda: Source.objects.update(retired=True),
    "the lost reason is retired": lambda: LostReason.objects.update(retired=True),
    "the tag is retired": lambda: Tag.objects.update(retired=True),
    "the owner has no department": lambda: User.objects.get(name__startswith="Ben").departments.clear(),
}


@pytest.mark.parametrize(("person", "table", "gone"), one_in(3, product(["ann", "oscar"], TYPED, RETIRED)))
def test_an_edit_keeps_what_is_no_longer_offered(person, table, gone, records, request, sign_in):
    record, name = records[table], TYPED[table]
    model = KINDS[table].model
    before = model.objects.values().get(pk=record.pk)
    with operation("test", by=None):
        RETIRED[gone]()
    browser = sign_in(request.getfixturevalue(person))
    address = f"{record.get_absolute_url()}/edit"
    page = browser.get(address)
    assert page.status_code == 200
    form = next(form for form in Filled(page.text).forms.values() if name in form)
    made = Operation.objects.count()
    answer = browser.post(address, form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Operation.objects.count() == made
    assert browser.post(address, {**form, name: "Cluj"}).status_code == 302
    after = model.objects.values().get(pk=record.pk)
    changed = {key for key in after if after[key] != before[key]}
    assert changed <= {name, f"{name}_key", "name_key", "full_name", "version", "updated_at"}, changed
    assert after[name] == "Cluj"


def test_an_owner_without_the_right_to_assign_edits_a_lead_of_a_department_that_they_left(
    bob, departments, make_lead, sign_in
):
    lead, browser = make_lead(owner=bob, department=departments.export), sign_in(bob)
    address = f"/admin/leads/{lead.pk}/edit"
    form = next(form for form in Filled(browser.get(address).text).forms.values() if "city" in form)
    answer = browser.post(address, {**form, "city": "Cluj"})
    assert answer.status_code == 302, answer.context["form"].errors
    lead.refresh_from_db()
    assert (lead.city, lead.department, lead.owner) == ("Cluj", departments.export, bob)
    # A new lead can't go there.
    assert (
        departments.export
        not in browser.get("/admin/leads/new").context["form"].fields["department"].queryset
    )


@pytest.mark.parametrize("gone", [*RETIRED, "the status is retired, too"])
@pytest.mark.parametrize("model", [WebForm, IncomingWebhook])
def test_where_leads_come_in_keeps_what_is_no_longer_offered(
    model, gone, ada, ben, departments, sources, statuses, sign_in
):
    start = {"name": "Fair", "department": departments.sales, "owner": ben}
    start |= {"source": sources.event, "status": statuses.contacted}
    with operation("test", by=None):
        row = model.objects.create(
            **start, **({"slug": "fair", "questions": get_initial_questions()} if model is WebForm else {})
        )
        Status.objects.filter(kind="contacted").update(retired=gone.endswith("too"))
        RETIRED.get(gone, lambda: None)()
    before = model.objects.values().get(pk=row.pk)
    browser = sign_in(ada)
    address = f"/admin/forms/{row.pk}/edit" if model is WebForm else f"/admin/api/incoming/{row.pk}/edit"
    form = next(form for form in Filled(browser.get(address).text).forms.values() if "source" in form)
    answer = browser.post(address, form)
    if gone == "the owner has no department":
        assert "isn’t in this department" in answer.text
        return
    assert answer.status_code == 302, answer.context["form"].errors
    after = model.objects.values().get(pk=row.pk)
    assert {key for key in after if after[key] != before[key]} <= {"version"}


@pytest.mark.django_db
def test_a_provider_keeps_the_heir_and_the_department_that_are_no_longer_offered(ben, departments):
    RETIRED["the owner is deactivated"]()
    RETIRED["the department is retired"]()
    form = ProviderForm(instance=IdentityProvider(heir=ben, default_department=departments.sales))
    assert ben in form.fields["heir"].queryset
    assert departments.sales in form.fields["default_department"].queryset
    assert departments.sales not in ProviderForm().fields["default_department"].queryset
