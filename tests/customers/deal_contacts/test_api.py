"""The further contacts of deals in API v2."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import operation
from customers.models import Contact, Deal, DealContact
from tests.api.conftest import Program, make_token


@pytest.fixture
def program(ann):
    return Program(make_token(ann), "Authorization", "Bearer ")


def test_programs_read_and_replace_the_contacts_of_a_deal(taking_part, deal, vera, ana, program):
    address = f"/api/v2/deals/{deal.pk}"
    assert program.get(address)["contacts"] == [{"contact": vera.pk, "role": "Decision maker"}]
    assert program.get("/api/v2/deals")["deals"][0]["contacts"] == program.get(address)["contacts"]
    wanted = [{"contact": vera.pk, "role": "Legal"}, {"contact": ana.pk, "role": ""}]
    program.patch(address, {"contacts": wanted, "name": "New name"})
    assert program.get(address)["contacts"] == wanted
    deal.refresh_from_db()
    assert deal.name == "New name"
    before = Operation.objects.count()
    program.patch(address, {"contacts": wanted})
    assert Operation.objects.count() == before
    program.patch(address, {"contacts": [{"contact": ana.pk}]})
    assert program.get(address)["contacts"] == [{"contact": ana.pk, "role": ""}]
    program.patch(address, {"contacts": []})
    assert program.get(address)["contacts"] == []
    assert Operation.objects.filter(kind="set_deal_contacts").count() == 3


def test_programs_add_a_deal_with_its_contacts(vera, ana, ann, statuses, departments, program):
    sent = {"name": "Supply", "contact": ana.pk, "contacts": [{"contact": vera.pk, "role": "Legal"}]}
    added = program.post("/api/v2/deals", sent, expect=201)
    assert program.get(f"/api/v2/deals/{added['id']}")["contacts"] == sent["contacts"]


@pytest.mark.parametrize(
    "wrong",
    [
        "Vera",
        [7],
        [{"role": "Legal"}],
        [{"contact": "7"}],
        [{"contact": True}],
        [{"contact": 2**70}],
        [{"contact": 7, "role": None}],
        [{"contact": 7, "role": "x" * 101}],
        [{"contact": 7, "role": "\0"}],
        [{"contact": 7, "more": 1}],
        [{"contact": 999_999}],
        None,
        {},
    ],
)
def test_a_list_of_contacts_that_is_wrong_is_an_error_and_nothing_is_written(
    wrong, taking_part, deal, program
):
    sent = {"name": "New name", "contacts": wrong}
    problem = program.patch(f"/api/v2/deals/{deal.pk}", sent, expect=422)
    assert [error["parameter"] for error in problem["errors"]] == ["contacts"]
    deal.refresh_from_db()
    assert deal.name == "200 licenses"
    assert DealContact.objects.present().get().role == "Decision maker"


def test_the_main_contact_or_the_same_one_twice_is_an_error(deal, ana, vera, program):
    with operation("test", by=None):
        Deal.objects.update(contact=ana)
    address = f"/api/v2/deals/{deal.pk}"
    problem = program.patch(address, {"contacts": [{"contact": ana.pk}]}, expect=422)
    assert "main contact" in problem["errors"][0]["detail"]
    twice = [{"contact": vera.pk, "role": "A"}, {"contact": vera.pk, "role": "B"}]
    problem = program.patch(address, {"contacts": twice}, expect=422)
    assert "Send each contact once." in problem["errors"][0]["detail"]
    assert not DealContact.objects.exists()


def test_programs_neither_see_nor_replace_contacts_that_their_user_does_not_see(
    taking_part, deal, carla, departments, bob, vera, ana
):
    with operation("test", by=None):
        Contact.objects.filter(pk=vera.pk).update(owner=carla, department=departments.export)
    program = Program(make_token(bob), "Authorization", "Bearer ")
    address = f"/api/v2/deals/{deal.pk}"
    assert program.get(address)["contacts"] == []
    problem = program.patch(address, {"contacts": [{"contact": vera.pk}]}, expect=422)
    assert f"no contact with the id {vera.pk}" in problem["errors"][0]["detail"]
    program.patch(address, {"contacts": [{"contact": ana.pk, "role": "User"}]})
    assert set(DealContact.objects.present().values_list("contact", "role")) == {
        (vera.pk, "Decision maker"),
        (ana.pk, "User"),
    }
