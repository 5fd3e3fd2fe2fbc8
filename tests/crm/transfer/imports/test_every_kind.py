"""Cells of other programs go through a whole import of each kind of record: read as a person would, and shown as changed."""

import io

import openpyxl
import pytest
from django.utils.timezone import localdate

from crm.models import CustomField
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.new_fields import CREATE_FIELD
from tests.crm.transfer.imports import importing

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


@pytest.mark.parametrize(("table", "heading"), [("lead", "Value"), ("deal", "Amount")])
def test_amounts_with_their_currency_are_read_and_shown_as_changed(table, heading, browser, imported):
    rows = [["$22,700.00"], ["1 234,50 lei"], ["500 EUR"], ["2000,-"], ["7832265.523200001"]]
    plan = imported(table, [heading], rows)
    text = importing.shown(browser, plan, "plan").text
    assert "Currency read from the amount" in text
    assert "7832265.523200001" in text
    assert "7832265.52" in text
    assert [(str(record.value), record.currency) for record in added(browser, plan)] == [
        ("22700.00", "USD"),
        ("1234.50", "RON"),
        ("500.00", "EUR"),
        ("2000.00", "EUR"),
        ("7832265.52", "EUR"),
    ]


@pytest.mark.parametrize(("table", "heading"), [("lead", "Value"), ("deal", "Amount")])
def test_an_amount_whose_sign_contradicts_the_currency_of_its_row_is_an_error(table, heading, imported):
    plan = imported(table, [heading, "Currency"], [["€500", "USD"], ["€500", "EUR"]])
    assert importing.verdicts(plan) == {"new": 1, "error": 1}
    assert [sentence for _place, sentence, _count in plan.counts["reasons"]] == [
        "This amount is in EUR, but its currency is USD."
    ]


@pytest.mark.parametrize(
    ("table", "phone", "mobile"),
    [
        ("lead", "0722111001", "0722111002"),
        # Without a description, no number gets lost.
        ("contact", "0722111001; 0722111002; 0722111003", "0722111002"),
        ("company", "0722111001", None),
        ("request", "0722111001; 0722111002; 0722111003", None),
    ],
)
def test_several_phones_of_a_cell_go_to_the_fields_of_the_record(table, phone, mobile, browser, imported):
    plan = imported(table, ["Phone"], [["0722111001; 0722111002; 0722111003"]])
    assert "Several values in one cell" in importing.shown(browser, plan, "plan").text
    (record,) = added(browser, plan)
    assert (record.phone, getattr(record, "mobile", None)) == (phone, mobile)
    lines = {"lead": "Phone: 0722111003", "company": "Phone: 0722111002\nPhone: 0722111003"}
    assert getattr(record, "description", "") == lines.get(table, "")


@pytest.mark.parametrize("table", ["lead", "contact"])
def test_a_second_email_of_a_cell_goes_to_its_own_field(table, browser, imported):
    plan = imported(table, ["Email"], [["ana@example.com; ana.pop@example.com"]])
    (record,) = added(browser, plan)
    assert (record.email, record.second_email) == ("ana@example.com", "ana.pop@example.com")


@pytest.mark.parametrize("table", ["lead", "company", "deal"])
def test_html_in_a_description_becomes_plain_text(table, browser, imported):
    plan = imported(table, ["Description"], [["<p>Called <b>twice</b></p><script>alert(1)</script>"]])
    assert "HTML removed" in importing.shown(browser, plan, "plan").text
    (record,) = added(browser, plan)
    assert record.description == "Called twice"


@pytest.mark.parametrize("table", ["lead", "contact", "company", "deal", "request"])
def test_a_date_at_the_end_of_a_long_file_decides_the_order_of_its_column(table, browser, imported):
    rows = [[f"{month:02}/01/2025"] for month in range(2, 12)] * 40
    plan = imported(table, ["Created Date"], [*rows, ["11/25/2025"]])
    assert plan.options["day_orders"] == {"created_at": False}
    assert "Month first" in importing.shown(browser, plan, "columns").text
    first, *_others, last = added(browser, plan)
    assert localdate(first.created_at).isoformat() == "2025-02-01"
    assert localdate(last.created_at).isoformat() == "2025-11-25"


def test_each_column_of_dates_has_its_own_order(browser, imported):
    heads = ["Created Date", "Next action date", "Next action"]
    plan = imported(
        "lead", heads, [["11/25/2025", "05/12/2026", "Call"], ["10/09/2025", "28/12/2026", "Call"]]
    )
    first, second = added(browser, plan)
    dates = [
        (localdate(record.created_at).isoformat(), record.next_action_on.isoformat())
        for record in (first, second)
    ]
    assert dates == [("2025-11-25", "2026-12-05"), ("2025-10-09", "2026-12-28")]


def test_a_column_without_proof_asks_for_its_order(browser, imported):
    plan = imported("lead", ["Created Date"], [["03/05/2025"], ["04/05/2025"]])
    page = importing.shown(browser, plan, "columns")
    assert "No date in this column shows it." in page.text
    assert page.context["form"]["order_1"].value() == "day"
    assert "no date in it shows the order" in importing.shown(browser, plan, "plan").text
    plan = importing.choose(browser, plan, "columns", order_1="month")
    assert "Month first?" in importing.shown(browser, plan, "columns").text
    assert {localdate(record.created_at).month for record in added(browser, plan)} == {3, 4}


def test_the_other_order_is_offered_where_it_leaves_fewer_errors(browser, imported):
    plan = imported("lead", ["Created Date"], [["25/11/2025"], ["11/26/2025"], ["11/27/2025"]])
    assert importing.verdicts(plan) == {"new": 2, "error": 1}
    plan = importing.choose(browser, plan, "columns", order_1="day")
    assert importing.verdicts(plan) == {"new": 1, "error": 2}
    text = importing.shown(browser, plan, "plan").text
    assert "2 dates can’t be read, in the other order only 1 date" in text


@pytest.mark.parametrize("table", ["lead", "contact"])
def test_the_calling_code_of_another_column_is_joined_with_the_phone(table, browser, imported):
    heads = [
        "Name / First Name",
        "Name / Last Name",
        "Emails / Primary Email",
        "Emails / Additional Emails",
        "Phones / Primary Phone Number",
        "Phones / Primary Phone Country Code",
        "Phones / Primary Phone Calling Code",
        "Phones / Additional Phones",
    ]
    more = '[{"number": "611111111", "callingCode": "+33", "countryCode": "FR"}]'
    row = ["Anne", "Petit", "anne@example.com", '["a.petit@example.com"]', "612345678", "FR", "+33", more]
    plan = imported(table, heads, [row])
    assert "Calling code joined with the number" in importing.shown(browser, plan, "plan").text
    (record,) = added(browser, plan)
    assert (record.phone, record.phone_normal) == ("+33 6 12 34 56 78", "+33612345678")
    assert (record.mobile, record.second_email) == ("+33 6 11 11 11 11", "a.petit@example.com")


def test_zeros_that_the_format_of_a_workbook_adds_are_kept(browser, monkeypatch):
    monkeypatch.setattr(importing, "NEW", "/admin/leads/import")
    book = openpyxl.Workbook()
    book.active.append(["Last name", "Phone", "Postal code"])
    book.active.append(["Pop", 722111021, 12345])
    book.active["B2"].number_format, book.active["C2"].number_format = "0000000000", "000000"
    out = io.BytesIO()
    book.save(out)
    plan = importing.choose(browser, importing.upload(browser, out.getvalue()), "columns")
    (lead,) = added(browser, plan)
    assert (lead.phone, lead.zip) == ("0722111021", "012345")


def test_phones_of_meta_and_of_pandas_are_shown_as_changed(browser, imported):
    plan = imported("lead", ["Phone"], [["p:+40722123456"], ["407221110233.0"]])
    text = importing.shown(browser, plan, "plan").text
    assert "Only the address or number kept" in text
    assert "p:+40722123456" in text
    assert [record.phone for record in added(browser, plan)] == ["+40722123456", "407221110233"]


def test_lists_in_a_column_without_a_field_become_a_field_with_several_choices(browser, imported):
    rows = [["Solar;Wind"], ["Solar"], ["Wind;Hydro;Solar"], ["Hydro"]]
    plan = importing.choose(browser, imported("lead", ["Interests"], rows), "columns", column_1=CREATE_FIELD)
    assert plan.new_fields["1"]["type"] == CustomField.Type.CHOICES
    assert sorted(plan.new_fields["1"]["choices"]) == ["Hydro", "Solar", "Wind"]
    assert [len(row.values["new_1"]) for row in plan.plan.in_order()] == [2, 1, 3, 1]


@pytest.mark.parametrize(
    ("table", "heading", "said", "field", "value"),
    [
        ("lead", "Status", "Nou", "status", "New"),
        ("deal", "Stage", "Calificare", "status", "Qualification"),
        ("request", "Channel", "Telefon", "channel", "phone"),
    ],
)
def test_choices_in_the_other_language_of_the_product(table, heading, said, field, value, browser, imported):
    (record,) = added(browser, imported(table, [heading], [[said]]))
    assert str(getattr(record, field)) == value
