"""Files of deals and companies whose names repeat: no row is skipped or written over another record in silence."""

import pytest

from crm.models import CustomField, Import, PlannedRow
from crm.records.history.verb_execution import carry_out
from customers.deals.verbs import Edit
from customers.models import Company, Deal
from tests.crm.transfer.imports import importing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
DEALS = ["Deal Name", "Amount", "Stage", "Close Date", "Company"]


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


@pytest.fixture
def of(monkeypatch):
    return lambda records: monkeypatch.setattr(importing, "NEW", f"/admin/{records}/import")


def checked(browser, rows, **data) -> Import:
    imported = importing.choose(browser, importing.upload(browser, rows), "columns", **data)
    return importing.choose(browser, imported, "values") if imported.unknown else imported


def brought_in(browser, rows) -> Import:
    return importing.apply(browser, checked(browser, rows))


def deals() -> list:
    rows = Deal.objects.present().order_by("company__name", "value")
    return [(row.name, str(row.company or ""), int(row.value)) for row in rows]


def renewal(company: str, value: int, day: str = "2026-12-01") -> list:
    return ["Renewal", value, "Qualification", day, company]


def test_a_deal_of_another_company_is_another_deal(browser, of, make_company, departments, statuses):
    of("deals")
    for name in ("Alfa", "Beta", "Delta"):
        make_company(name)
    first = [DEALS, renewal("Alfa", 1000), renewal("Beta", 2000)]
    assert importing.verdicts(brought_in(browser, first)) == {"new": 2}
    again = [DEALS, renewal("Delta", 9000)]
    assert importing.verdicts(brought_in(browser, again)) == {"new": 1}
    assert deals() == [("Renewal", "Alfa", 1000), ("Renewal", "Beta", 2000), ("Renewal", "Delta", 9000)]
    assert importing.verdicts(checked(browser, [*first, again[1]])) == {"unchanged": 3}
    higher = [DEALS, renewal("Beta", 2500)]
    assert importing.verdicts(checked(browser, higher)) == {"duplicate": 1}
    importing.apply(browser, Import.objects.latest("pk"))
    assert deals()[1] == ("Renewal", "Beta", 2500)


def test_deals_of_one_company_that_repeat_each_year_all_come_in_and_stay_apart(
    browser, of, make_company, departments, statuses
):
    of("deals")
    make_company("Alfa")
    rows = [DEALS, renewal("Alfa", 1000), renewal("Alfa", 1100, "2027-12-01"), renewal("Alfa", 1000)]
    imported = checked(browser, rows)
    assert importing.verdicts(imported) == {"new": 2, "duplicate": 1}
    importing.apply(browser, imported)
    assert importing.verdicts(checked(browser, rows)) == {"unchanged": 2, "duplicate": 1}


def test_companies_that_are_not_known_here_keep_their_deals_apart(browser, of, departments, statuses):
    of("deals")
    rows = [DEALS, renewal("Alfa Nova", 1000), renewal("Beta Nova", 2000), renewal("Gama Nova", 3000)]
    imported = importing.choose(browser, importing.upload(browser, rows), "columns")
    names = dict.fromkeys(("Alfa Nova", "Beta Nova", "Gama Nova"), "empty")
    imported = importing.decide(browser, imported, company=names)
    assert importing.verdicts(imported) == {"new": 3}
    importing.apply(browser, imported)
    assert [value for *_others, value in deals()] == [1000, 2000, 3000]
    imported = importing.choose(browser, importing.upload(browser, rows), "columns")
    imported = importing.decide(browser, imported, company=names)
    assert importing.verdicts(imported) == {"unchanged": 3}


def test_a_deal_of_the_company_that_a_colleague_has_added_since_the_check_is_not_added_again(
    browser, of, make_company, make_deal, departments, statuses
):
    of("deals")
    alfa, beta = make_company("Alfa"), make_company("Beta")
    imported = checked(browser, [DEALS, renewal("Alfa", 1000), renewal("Beta", 2000)])
    make_deal("Renewal", company=beta)
    make_deal("Renewal", company=make_company("Delta"))
    importing.apply(browser, imported)
    assert Deal.objects.filter(company=alfa).count() == Deal.objects.filter(company=beta).count() == 1


def test_companies_of_the_same_name_are_told_apart(browser, of, departments):
    of("companies")
    head = ["Name", "Tax ID", "City"]
    rows = [
        head,
        ["Omnia", "RO1", "Cluj"],
        ["Omnia", "RO2", "Cluj"],
        ["Alba", "", "Arad"],
        ["Alba", "", "Brad"],
    ]
    assert importing.verdicts(brought_in(browser, rows)) == {"new": 4}
    assert importing.verdicts(checked(browser, rows)) == {"unchanged": 4}
    moved = [head, ["Omnia", "RO2", "Deva"]]
    assert importing.verdicts(brought_in(browser, moved)) == {"duplicate": 1}
    assert Company.objects.get(tax_id="RO2").city == "Deva"
    assert Company.objects.get(tax_id="RO1").city == "Cluj"
    unclear = checked(browser, [["Name", "Phone"], ["Omnia", "0722 123 456"]])
    assert importing.verdicts(unclear) == {"error": 1}


def test_the_ids_of_any_program_are_kept_and_find_the_deals_again(
    browser, of, make_company, departments, statuses
):
    of("deals")
    make_company("Alfa")
    head = ["Opportunity ID", *DEALS]
    rows = [head, ["x-1", *renewal("Alfa", 1000)], ["x-2", *renewal("Alfa", 1000)]]
    imported = brought_in(browser, rows)
    assert imported.counts["added"] == 2
    kept = CustomField.objects.get()
    assert (kept.name, kept.is_unique, kept.table_of) == ("Opportunity ID", True, "deal")
    assert importing.verdicts(checked(browser, rows)) == {"unchanged": 2}
    renamed = [head, ["x-2", "Upgrade", *renewal("Alfa", 1200)[1:]], ["x-3", *renewal("Alfa", 1000)]]
    assert importing.verdicts(brought_in(browser, renamed)) == {"duplicate": 1, "new": 1}
    assert sorted(name for name, *_others in deals()) == ["Renewal", "Renewal", "Upgrade"]


def test_ids_that_say_nothing_are_not_those_of_another_program(browser, of, departments):
    """Both programs count from 1."""
    of("companies")
    one = [["ID", "Name"], ["1", "Omnia"], ["2", "Alba"]]
    other = [["Id", "Name", "City"], ["1", "Beta"], ["2", "Delta"]]
    brought_in(browser, one)
    brought_in(browser, other)
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Alba", "Beta", "Delta", "Omnia"]
    assert sorted(CustomField.objects.values_list("name", flat=True)) == ["External ID", "External ID 2"]
    longer = [["ID", "Name", "Phone"], ["1", "Omnia", "0722 123 456"], ["3", "Gama", ""]]
    assert importing.verdicts(checked(browser, longer)) == {"duplicate": 1, "new": 1}


def test_ids_that_repeat_are_not_kept(browser, of, departments):
    of("companies")
    imported = importing.upload(browser, [["ID", "Name"], ["1", "Omnia"], ["1", "Alba"]])
    assert imported.mapping == ["", "name"]
    assert "Some IDs repeat, so they aren’t kept" in importing.shown(browser, imported, "columns").text


def test_a_corrected_company_makes_a_repeated_row_a_deal_of_its_own(
    browser, of, make_company, departments, statuses
):
    of("deals")
    for name in ("Alfa", "Beta"):
        make_company(name)
    imported = checked(browser, [DEALS, renewal("Alfa", 1000), renewal("Alfa", 1000)])
    assert importing.verdicts(imported) == {"new": 1, "duplicate": 1}
    importing.answer_plan(browser, imported, fix_3_4="Beta")
    assert importing.verdicts(imported) == {"new": 2}


def test_a_deal_that_now_has_another_company_is_not_the_same_deal(
    browser, of, make_company, make_deal, ada, departments, statuses
):
    of("deals")
    alfa, beta = make_company("Alfa"), make_company("Beta")
    deal = make_deal("Renewal", company=alfa)
    carry_out(Edit({"company": beta}), Deal.objects.filter(pk=deal.pk), by=ada)
    imported = checked(browser, [DEALS, renewal("Alfa", 1000)])
    assert importing.verdicts(imported) == {"new": 1}
    assert PlannedRow.objects.get(of=imported).record is None
