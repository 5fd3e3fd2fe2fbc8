"""The base currency in Settings: in effect at once, fixed once there are amounts, and what the environment overrides."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from django.db import connection

from accounts.company.base_currency import follow_undo
from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CompanySettings, Operation
from crm.platform.configuration.company import (
    build_company_currency_sql,
    get_company_currency,
    get_company_currency_before_migrations,
)
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle
from crm.records.history.verb_execution import operation
from customers.models import Deal
from leads.models import Lead, Rate, SourceCost
from reports.models import Goal

PAGE = "/admin/company"
DATA = {"name": "", "language": "en", "time_zone": "Europe/Bucharest"}


@pytest.fixture
def free(settings):
    """The environment decides nothing."""
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")


@pytest.fixture
def boss(free, sign_in, ada):
    return sign_in(ada)


def save(browser, currency: str, version: str = "0", **values):
    return browser.post(PAGE, {**DATA, "base_currency": currency, "version": version, **values})


def get_base_rates() -> list[str]:
    return list(Rate.objects.filter(rate=1).values_list("currency", flat=True))


def get_change() -> Operation:
    return Operation.objects.filter(kind="edit_company_settings").latest("pk")


def test_a_change_is_in_effect_at_once_with_its_rate(boss, make_lead):
    assert save(boss, "RON").status_code == 302
    assert (get_company_currency(), get_base_rates()) == ("RON", ["RON"])
    lead = make_lead(value=100, currency="RON")
    assert Lead.objects.get(pk=lead.pk).base_value == 100
    assert "RON" in boss.get("/admin/leads/rates").text
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {build_company_currency_sql()}")
        assert cursor.fetchone() == ("RON",)
    assert get_company_currency_before_migrations() == "RON"


def test_formulas_with_amounts_follow_in_a_process_that_knew_them(boss, make_field):
    field = make_field("Double", "formula", formula="{value} * 2")
    assert get_custom_field("lead", field.name).unit == "EUR"
    save(boss, "RON")
    assert get_custom_field("lead", field.name).unit == "RON"


def test_new_leads_and_deals_without_a_currency_have_that_of_the_company(boss):
    save(boss, "RON")
    assert (Lead().currency, Deal().currency) == ("RON", "RON")


def test_whoever_writes_an_amount_waits_for_the_change(boss):
    save(boss, "RON")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relation::regclass::text FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'ShareRowExclusiveLock'"
        )
        locked = {name for (name,) in cursor.fetchall()}
    assert locked == {"leads_lead", "customers_deal", "leads_sourcecost", "leads_rate", "reports_goal"}


@pytest.fixture
def make_deal(departments, statuses):
    def make(**values) -> Deal:
        return Deal.objects.create(
            name="200 licenses", department=departments.sales, status=statuses.qualification, **values
        )

    return make


def make_cost(sources, **_others):
    return SourceCost.objects.create(source=sources.event, month="2026-05-01", amount=10)


def make_rate(**_others):
    return Rate.objects.create(currency="USD", day="2026-01-01", rate=2)


def make_goal(**_others):
    return Goal.objects.create(month="2026-05-01", measure="revenue", target=100)


AMOUNTS = {
    "leads with a value": lambda make_lead, **_others: make_lead(value=1),
    "leads in Trash with a value": lambda make_lead, **_others: make_lead(
        value=1, deleted_at="2026-01-01T00:00:00Z"
    ),
    "deals with an amount": lambda make_deal, **_others: make_deal(value=1),
    "costs of sources": make_cost,
    "exchange rates": make_rate,
    "goals for revenue": make_goal,
}


@pytest.fixture
def add_amount(make_lead, make_deal, sources):
    def added(name: str) -> None:
        with nullcontext() if name.startswith("leads") else operation("test", by=None):
            AMOUNTS[name](make_lead=make_lead, make_deal=make_deal, sources=sources)

    return added


@pytest.mark.parametrize("name", AMOUNTS)
def test_with_amounts_the_field_is_fixed_and_says_why(name, boss, add_amount):
    add_amount(name)
    label = name.replace(" in Trash", "")
    assert f"EUR can’t be changed, because there are amounts already: {label}." in boss.get(PAGE).text
    # What a page sends that was opened before is left alone.
    save(boss, "RON", name="Acme")
    assert CompanySettings.get_current().name == "Acme"
    assert (get_company_currency(), get_base_rates()) == ("EUR", ["EUR"])


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_undo_is_refused_once_there_are_amounts(name, boss, ada, add_amount):
    save(boss, "RON", name="Acme")
    add_amount(name)
    record = get_change()
    assert "RON can’t be changed" in str(get_undo_obstacle(record, ada))
    with pytest.raises(UndoRefused, match="RON can’t be changed"):
        revert_operation(record, by=ada)
    assert (get_company_currency(), get_base_rates()[0]) == ("RON", "RON")


def test_an_amount_that_arrives_during_the_undo_stops_it_too(boss, make_lead):
    save(boss, "RON")
    make_lead(value=1)
    outcome = SimpleNamespace(back={"company_settings": [1]})
    with pytest.raises(UndoRefused, match="RON can’t be changed"):
        follow_undo(get_change(), get_change(), outcome)


@pytest.mark.parametrize("version", [0, 1])
def test_without_amounts_an_undo_brings_the_former_one_back_with_its_rate(boss, ada, version):
    if version:
        save(boss, "EUR", name="Acme")
    save(boss, "RON", version=str(version), name="Acme")
    undone = revert_operation(get_change(), by=ada)
    assert (get_company_currency(), get_base_rates()) == ("EUR", ["EUR"])
    revert_operation(undone.operation, by=ada)
    assert (get_company_currency(), get_base_rates()) == ("RON", ["RON"])


def test_other_changes_of_the_company_can_be_undone_whatever_there_is(boss, ada, make_lead):
    make_lead(value=1)
    save(boss, "EUR", name="Acme")
    revert_operation(get_change(), by=ada)
    assert CompanySettings.get_current().name == ""


def test_goals_that_count_leave_it_free(boss):
    with operation("test", by=None):
        Goal.objects.create(month="2026-05-01", measure="won", target=3)
    save(boss, "RON")
    assert get_company_currency() == "RON"


@pytest.mark.parametrize("currency", ["", "XXX", "eur", "'; DROP TABLE"])
def test_an_unknown_currency_is_an_error_on_its_field(boss, currency):
    assert save(boss, currency).status_code == 422
    assert not CompanySettings.objects.exists()


def test_the_environment_overrides_the_row_and_the_page_says_so(boss, settings):
    save(boss, "RON")
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "base_currency": "USD"}
    assert get_company_currency() == get_company_currency_before_migrations() == "USD"
    assert build_company_currency_sql() == "'USD'::text"
    assert "Set by LEADWELL_BASE_CURRENCY on the server." in boss.get(PAGE).text
    save(boss, "GBP", version="1", name="Acme")
    row = CompanySettings.get_current()
    assert (row.name, row.base_currency) == ("Acme", "RON")
    assert get_company_currency() == "USD"
