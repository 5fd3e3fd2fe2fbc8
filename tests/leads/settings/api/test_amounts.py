"""API v2 changes exchange rates and costs of sources as their pages do: the same rows, operations and refusals."""

from datetime import date

import pytest

from crm.models import Job, Operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from leads.models import Rate, SourceCost
from tests.api.conftest import umbra
from tests.matrix.asking import undone

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
RATES, RATE_PAGES = "/api/v2/exchange-rates", "/admin/leads/rates"


@pytest.fixture
def rows(sources, make_lead):
    make_lead("Jan", value="100", currency="GBP")
    rate = Rate.objects.create(currency="GBP", day=date(2020, 1, 1), rate="1.25")
    with operation("test", by=None):
        cost = SourceCost.objects.create(source=sources.event, month=date(2026, 1, 1), amount=50)
    return {"rate": rate, "cost": cost, "source": sources.event}


def read_done(before, refused):
    """What is stored, the operations in words, the jobs, and the sentences of a refusal."""
    stored = [
        [
            {key: value for key, value in row.items() if key != "id"}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Rate, SourceCost)
    ]
    made = Operation.objects.order_by("pk")[before:]
    jobs = list(Job.objects.order_by("pk").values_list("kind", "arguments", "total"))
    return stored, [(record.kind, describe_operation(record)) for record in made], jobs, sorted(refused)


def carry_out_by_page(browser, path, data, form="form"):
    with undone():
        before, refused = Operation.objects.count(), []
        answer = browser.post(path, data)
        if answer.status_code != 302:
            refused = [str(texts[0]) for texts in answer.context[form].errors.values()]
            assert refused
        return read_done(before, refused)


def carry_out_by_call(program, method, path, data=None):
    with undone():
        before, refused = Operation.objects.count(), []
        body = program.call(method, path, data)
        if program.last.status_code >= 400:
            refused = [row["detail"] for row in body["errors"]] or [body["detail"]]
        assert {record.channel for record in Operation.objects.order_by("pk")[before:]} <= {"api"}
        return read_done(before, refused)


NEW_RATES = {
    "a rate": {"currency": "USD", "day": "2026-02-03", "rate": 0.9},
    "of a currency with values": {"currency": "GBP", "day": "2026-02-03", "rate": 1.5},
    "a day that has one": {"currency": "GBP", "day": "2020-01-01", "rate": 1.5},
    "an early day": {"currency": "USD", "day": "1969-12-31", "rate": 0.9},
    "the base currency": {"currency": "EUR", "day": "2026-02-03", "rate": 1},
    "zero": {"currency": "USD", "day": "2026-02-03", "rate": 0},
    "too exact": {"currency": "USD", "day": "2026-02-03", "rate": "0.123456789"},
    "without a rate": {"currency": "USD", "day": "2026-02-03"},
}


@pytest.mark.parametrize("case", NEW_RATES)
def test_a_rate_is_added_as_on_its_page(case, rows, ada, sign_in, umbra):
    page = carry_out_by_page(sign_in(ada), RATE_PAGES, NEW_RATES[case])
    assert carry_out_by_call(umbra(ada), "POST", RATES, NEW_RATES[case]) == page


@pytest.mark.parametrize("sent", [{"rate": 2}, {"rate": -1}, {"rate": "x"}])
def test_a_rate_is_changed_as_on_its_page(sent, rows, ada, sign_in, umbra):
    pk = rows["rate"].pk
    page = carry_out_by_page(sign_in(ada), f"{RATE_PAGES}/{pk}", sent)
    assert carry_out_by_call(umbra(ada), "PATCH", f"{RATES}/{pk}", sent) == page


def test_a_rate_is_deleted_as_on_its_page(rows, ada, sign_in, umbra):
    pk = rows["rate"].pk
    page = carry_out_by_page(sign_in(ada), f"{RATE_PAGES}/{pk}/remove", {})
    assert carry_out_by_call(umbra(ada), "DELETE", f"{RATES}/{pk}") == page
    assert page[0][0] == [row for row in Rate.objects.exclude(pk=pk).order_by("pk").values() if row.pop("id")]


# What is sent as a new cost, and as another amount.
NEW_COSTS = [{"month": "2026-02", "amount": 12.5}, {"month": "2026-01", "amount": 12}, {"month": "x", "amount": 1}, {"month": "2026-02", "amount": -1}, {"amount": 1}]  # fmt: skip


@pytest.mark.parametrize("sent", NEW_COSTS)
def test_a_cost_is_added_as_on_its_page(sent, rows, ada, sign_in, umbra):
    path = f"sources/{rows['source'].pk}/costs"
    with undone():
        before = Operation.objects.count()
        answer = sign_in(ada).post(f"/admin/leads/{path}", sent)
        done = read_done(before, [])[:3]
    call = carry_out_by_call(umbra(ada), "POST", f"/api/v2/{path}", sent)
    assert (call[:3], bool(call[3])) == (done, answer.status_code == 422)


@pytest.mark.parametrize("sent", [{"amount": 80}, {"amount": -1}, {"amount": 50}])
def test_a_cost_is_changed_as_on_its_page(sent, rows, ada, sign_in, umbra):
    path = f"sources/{rows['source'].pk}/costs/{rows['cost'].pk}"
    page = carry_out_by_page(sign_in(ada), f"/admin/leads/{path}", sent)
    assert carry_out_by_call(umbra(ada), "PATCH", f"/api/v2/{path}", sent) == page


def test_a_cost_is_deleted_as_on_its_page_and_comes_back_by_undo(rows, ada, sign_in, umbra):
    path = f"sources/{rows['source'].pk}/costs/{rows['cost'].pk}"
    page = carry_out_by_page(sign_in(ada), f"/admin/leads/{path}/remove", {})
    program = umbra(ada)
    assert carry_out_by_call(program, "DELETE", f"/api/v2/{path}") == page
    program.delete(f"/api/v2/{path}", expect=412, **{"If-Match": '"9"'})
    gone = program.delete(f"/api/v2/{path}")["operation"]
    program.post(f"/api/v2/operations/{gone}/undo", {})
    assert SourceCost.objects.get().amount == 50


def test_rates_and_costs_are_listed(rows, sources, ada, umbra):
    program = umbra(ada)
    found = program.get(RATES)
    # The lead is older than the rate, and no job has run.
    assert found["missing"] == [{"currency": "GBP", "leads": 1, "first_day": "2020-01-01"}]
    assert found["base_currency"] == "EUR"
    assert {"id": rows["rate"].pk, "currency": "GBP", "day": "2020-01-01", "rate": 1.25} in found[
        "exchange_rates"
    ]
    costs = program.get(f"/api/v2/sources/{rows['source'].pk}/costs")["costs"]
    assert costs == [{"id": rows["cost"].pk, "month": "2026-01", "amount": 50.0, "version": 1}]
    other = f"/api/v2/sources/{sources.website.pk}/costs"
    assert program.get(other)["costs"] == []
    program.patch(f"{other}/{rows['cost'].pk}", {"amount": 1}, expect=404)


def test_each_change_takes_its_own_right_of_the_token_and_the_permission(rows, ada, ann, umbra):
    rate, costs = f"{RATES}/{rows['rate'].pk}", f"/api/v2/sources/{rows['source'].pk}/costs"
    reading = ["exchange_rates.get", "source_costs.get", "settings_lists.post", "settings_lists.put"]
    for user, rights in ((ada, reading), (ann, None)):
        program = umbra(user, rights)
        program.post(RATES, NEW_RATES["a rate"], expect=403)
        program.patch(rate, {"rate": 2}, expect=403)
        program.delete(rate, expect=403)
        program.post(costs, NEW_COSTS[0], expect=403)
        program.patch(f"{costs}/{rows['cost'].pk}", {"amount": 1}, expect=403)
        program.delete(f"{costs}/{rows['cost'].pk}", expect=403)
    umbra(ann).get(RATES, expect=403)
    umbra(ann).get(costs, expect=403)
    assert (Rate.objects.get(currency="GBP").rate, SourceCost.objects.get().amount) == (1.25, 50)
