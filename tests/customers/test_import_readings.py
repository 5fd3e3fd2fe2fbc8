"""Cells of other programs go through a whole import of each kind of record: read as a person would, and shown as changed."""

import pytest

from crm.records.kinds import KINDS
from tests.leads import importing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
HEADS = {"lead": "Last name", "contact": "Last name", "company": "Name", "request": "Subject", "deal": "Name"}


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


@pytest.fixture
def imported(browser, monkeypatch):
    """imported("lead", ["Country"], [["Türkei"]]): the import of a file, after its check, and the records that it adds."""

    def checked(table: str, heads: list[str], rows: list[list[str]]):
        monkeypatch.setattr(importing, "NEW", f"/admin/{KINDS[table].urls}/import")
        named = [[f"Row {number}", *cells] for number, cells in enumerate(rows)]
        return importing.choose(
            browser, importing.upload(browser, [[HEADS[table], *heads], *named]), "columns"
        )

    return checked


def added(browser, plan) -> list:
    """The new records, in the order of the file."""
    assert importing.verdicts(plan) == {"new": plan.rows}
    before = set(KINDS[plan.table].model.objects.values_list("pk", flat=True))
    importing.apply(browser, plan)
    return list(KINDS[plan.table].model.objects.exclude(pk__in=before).order_by("pk"))


@pytest.mark.parametrize("table", ["lead", "contact", "company", "request"])
def test_countries_by_their_names_in_other_languages_and_by_official_and_former_names(
    table, browser, imported
):
    plan = imported(table, ["Country"], [["Türkei"], ["Moldova, Republic of"], ["Burma"], ["U.S."]])
    assert [str(record.country) for record in added(browser, plan)] == ["TR", "MD", "MM", "US"]


def test_a_misspelled_country_is_suggested(browser, imported):
    plan = imported("lead", ["Country"], [["Germny"], ["Unitd Kingdom"]])
    form = importing.shown(browser, plan, "values").context["form"]
    suggested = {text: form[name].value() for text, _count, name in form.lines["country"]}
    assert suggested == {"Germny": "DE", "Unitd Kingdom": "GB"}
