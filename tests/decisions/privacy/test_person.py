"""What is about a person: which rows belong to their records, now and in the history, and how they may be spelled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.models import Activity, Change, Operation, Task
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history.verb_execution import operation
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from customers.models import DealContact, Employment, Request
from leads.models import Lead
from privacy.person import Person
from tests.customers.conftest import make_deal
from tests.intake.conftest import make_form, send, visitor

__all__ = ["make_deal", "make_form", "send", "visitor"]

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def change(row: Any, **values: Any) -> None:
    with operation("test", by=None):
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def purge(row: Any) -> None:
    """Permanently, so that only the history has it."""
    with operation("test", by=None):
        type(row)._base_manager.filter(pk=row.pk).delete()


def add(model: Any, record: Any, **values: Any) -> Any:
    given = {Activity: {"type": "note", "at": AT, "text": "x"}, Task: {"title": "Call"}}
    with operation("test", by=None):
        return model.objects.create(of=record.table, record=record.pk, **given[model] | values)


@pytest.fixture
def add_request(departments):
    def make(**values: Any) -> Request:
        with operation("test", by=None):
            return Request.objects.create(subject="Offer", department=departments.sales, **values)

    return make


@pytest.fixture
def persons(make_lead, make_contact, add_request):
    """Two leads, a contact and a request of the person; the contact has the number of the lead of someone else."""
    mine, second, other = (make_lead(name) for name in ("Zeb Quix", "Zeb Quix", "Ana Albu"))
    contact = make_contact("Zeb Quix", pk=other.pk)
    request = add_request()
    person = Person(
        {"lead": [second.pk, mine.pk, mine.pk + 999], "contact": [contact.pk], "request": [request.pk]}
    )
    return person, [mine, second, contact, request], other


@pytest.mark.parametrize(("model", "name"), [(Activity, "activities"), (Task, "tasks")])
def test_the_activities_and_tasks_of_a_person_in_order_with_those_that_are_gone(persons, model, name):
    person, own, other = persons
    kept, gone = [add(model, row) for row in own], [add(model, row) for row in own]
    strange, gone_too = [add(model, other) for _number in range(2)]
    for row in (*gone, gone_too):
        purge(row)
    change(strange, **{"text" if model is Activity else "title": "Another"})
    assert getattr(person, name) == sorted(row.pk for row in (*kept, *gone))


def test_the_tasks_that_were_moved_to_the_persons_deal_or_company(
    persons, make_deal, make_company, make_lead
):
    person, (mine, second, *_more), other = persons
    # A change of the type alone, because the number stays.
    deal, company = make_deal(pk=mine.pk, lead=mine), make_company("Iron Forge")
    change(second, client=company)
    foreign = make_deal(lead=other)
    moved = {}
    same_number = make_deal(pk=company.pk)
    for name, start, steps in (
        ("of someone else, to their deal", other, [foreign]),
        ("to the deal", mine, [deal]),
        ("to the company", second, [company]),
        ("to the company by the deal", mine, [deal, company]),
        ("to the company by the deal and back", mine, [deal, company, deal]),
        ("through someone else, then to the deal", other, [mine, deal]),
        ("deleted since", mine, [deal]),
        ("of someone else", other, [deal]),
        ("to a deal with the number of the person's company", mine, [same_number]),
        ("to a deal that isn't the person's", second, [foreign]),
        ("of the deal from the beginning", deal, []),
        ("of the deal, with another title since", deal, []),
    ):
        moved[name] = add(Task, start)
        for step in steps:
            now = Task.objects.get(pk=moved[name].pk)
            differs = {"of": step.table, "record": step.pk}
            change(
                now, **{column: value for column, value in differs.items() if getattr(now, column) != value}
            )
        if name == "deleted since":
            purge(moved[name])
    change(moved["of the deal, with another title since"], title="Another")
    names = {task.pk: name for name, task in moved.items()}
    assert {names[pk] for pk in person.tasks} == {
        "to the deal",
        "to the company",
        "to the company by the deal",
        "to the company by the deal and back",
        "through someone else, then to the deal",
        "deleted since",
    }


def test_the_deals_and_companies_of_a_person(persons, make_deal, make_company, add_request, make_contact):
    person, (mine, second, contact, request), other = persons
    companies = [make_company(f"Company {number}") for number in range(6)]
    change(mine, client=companies[2])
    change(second, known_company=companies[1])
    change(contact, company=companies[0])
    change(other, client=companies[3], known_company=companies[4])
    make_contact("Ana Albu", company=companies[5])
    assert person.companies == [one.pk for one in companies[:3]]
    strangers = add_request(deal=make_deal())
    deals = [make_deal(lead=mine), make_deal(contact=contact), make_deal()]
    change(request, deal=deals[2])
    make_deal(lead=other)
    assert strangers.deal_id not in person.deals
    assert set(person.deals) == {one.pk for one in deals}


def test_where_a_person_works_and_worked_and_which_deals_they_are_part_of(
    persons, make_deal, make_company, make_contact
):
    person, (_mine, _second, contact, _request), _other = persons
    colleague, deals = make_contact("Ana Albu"), [make_deal() for _number in range(2)]
    companies = [make_company(name) for name in ("Iron Forge", "Steel Works")]
    for model, name, ends in (
        (Employment, "employments", [{"company": one} for one in companies]),
        (DealContact, "deal_contacts", [{"deal": deal} for deal in deals]),
    ):
        with operation("test", by=None):
            gone, kept = (model.objects.create(contact=contact, **end) for end in ends)
            gone_too, strange = (model.objects.create(contact=colleague, **end) for end in ends)
        purge(gone)
        purge(gone_too)
        assert getattr(person, name) == [gone.pk, kept.pk]
        assert strange.pk not in getattr(person, name)


def test_when_the_first_record_of_a_person_was_added(persons):
    person, (mine, second, contact, _request), other = persons
    with write_without_history():
        for days, row in enumerate((second, mine, contact, other)):
            type(row).objects.filter(pk=row.pk).update(created_at=AT - timedelta(days=days))
    assert person.first_added_at == AT - timedelta(days=2)
    gone = mine.pk + 999
    assert Person({"lead": [gone]}).first_added_at is None
    record = Operation.objects.create(kind="test")
    for days, table, row in (
        (3, "lead", gone),
        (4, "lead", gone),
        (5, "contact", gone),
        (5, "lead", gone + 1),
    ):
        moment = AT - timedelta(days=days)
        Change.objects.create(operation=record, table=table, row=row, version=days, kind="update", at=moment)
    assert Person({"lead": [gone]}).first_added_at == AT - timedelta(days=4)


MAIL = {"type": "email", "outcome": "received"}


def test_all_that_the_records_of_a_person_say_and_said(make_lead, make_contact, add_request, ann):
    lead = make_lead("Zeb Quix", email="a@x.example", second_email="b@x.example", phone="1", mobile=" 2 ")
    contact = make_contact(
        "Zebulon Qx", email="c@x.example", second_email="d@x.example", phone="3", mobile="4"
    )
    request = add_request(first_name=ERASED_PERSON_NAME, last_name="", email="e@x.example", phone="5")
    change(lead, email="A@x.example", first_name="Z.", city="Cluj")
    change(request, email="f@x.example", last_name="Quixx")
    gone = make_lead("Zebi Quix", email="g@x.example", phone="6")
    purge(gone)
    # Another person, and another type of record with the number of the lead.
    strange = make_lead("Ana Albu", email="h@x.example", phone="7")
    change(strange, email="i@x.example", first_name="Anna")
    same = make_contact("Ana Albu", pk=lead.pk, email="j@x.example")
    change(same, email="k@x.example")
    for address, values in (
        ("l@x.example", {}),
        (ann.email.upper(), {}),
        ("hidden", {}),
        ("", {}),
        ("m@x.example", {"type": "note", "outcome": ""}),
    ):
        add(Activity, lead, **MAIL | {"address": address} | values)
    add(Activity, strange, **MAIL | {"address": "n@x.example"})
    person = Person({"lead": [lead.pk, gone.pk], "contact": [contact.pk], "request": [request.pk]})
    assert person.values == {
        "emails": {f"{sign}@x.example" for sign in "aAbcdefgl"},
        "phones": set("123456"),
        "first_name": {"Zeb", "Zebulon", "Z.", "Zebi"},
        "last_name": {"Quix", "Qx", "Quixx"},
    }
    assert person.email_keys == {f"{sign}@x.example" for sign in "abcdefgl"}


def test_an_address_in_a_web_form_is_one_of_the_person(make_form, send):
    form = make_form(duplicates="add")
    for number in range(2):
        send(form, last_name="Quix", email=f"z{number}@x.example")
    lead, other = Lead.objects.order_by("pk")
    for row in (lead, other):
        with write_without_history():
            Lead.objects.filter(pk=row.pk).update(email="", email_key="")
    assert Person({"lead": [lead.pk]})._get_written_addresses() == {"z0@x.example"}


def test_the_normal_forms_of_the_numbers_that_a_person_has_and_had(make_lead, make_contact, add_request):
    lead = make_lead(phone_normal="+401", mobile_normal="+402")
    change(lead, phone_normal="+403")
    contact, request = make_contact(phone_normal="+404"), add_request(phone_normal="+405")
    gone = make_lead(phone_normal="+406")
    purge(gone)
    change(make_lead(phone_normal="+407"), phone_normal="+408")
    person = Person({"lead": [lead.pk, gone.pk], "contact": [contact.pk], "request": [request.pk]})
    assert person.phone_keys == {f"+40{number}" for number in range(1, 7)}


def test_the_spellings_of_a_person_leave_out_what_others_have_too(make_lead, make_contact):
    numbers = {"phone": "0722 987 654", "phone_normal": "+40722987654"}
    shared = {"mobile": "(0733) 111-222", "mobile_normal": "+40733111222"}
    lead = make_lead("Zeb Quix", email="Own@x.example", second_email="Shared@x.example", **numbers, **shared)
    change(lead, first_name="Zebulon")
    make_contact("Ana Albu", email="shared@x.example", phone="+40 733 111 222", phone_normal="+40733111222")
    make_lead("Ana Albu", email="else@x.example", phone="0744 000 000", phone_normal="+40744000000")
    spellings = Person({"lead": [lead.pk]}).spellings
    assert spellings.emails == {"Own@x.example", "own@x.example"}
    assert spellings.phones == {"0722 987 654", "+40722987654"}
    assert spellings.names == {
        ("Zeb", ""),
        ("Zebulon", ""),
        ("", "Quix"),
        ("Zeb", "Quix"),
        ("Zebulon", "Quix"),
    }


def test_what_two_records_of_one_person_have_is_shared_with_no_one_else(make_lead, make_contact):
    values = {"email": "own@x.example", "phone": "0722987654", "phone_normal": "+40722987654"}
    lead, contact = make_lead("Zeb Quix", **values), make_contact("Zeb Quix", **values)
    spellings = Person({"lead": [lead.pk], "contact": [contact.pk]}).spellings
    assert (spellings.emails, spellings.phones) == ({"own@x.example"}, {"0722987654", "+40722987654"})
    assert Person({"lead": [lead.pk]}).spellings.emails == set()


def test_a_person_without_records_has_nothing(make_lead):
    add(Activity, make_lead(email="a@x.example"))
    person = Person({})
    assert (person.activities, person.tasks, person.deals, person.companies) == ([], [], [], [])
    assert person.spellings.emails == set()
