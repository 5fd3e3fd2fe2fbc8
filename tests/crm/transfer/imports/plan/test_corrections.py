"""Invalid cells are named by address and fixed in place or for a whole column; otherwise their rows come back as a
file."""

import io

import openpyxl
import pytest

from crm.models import Import
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import (
    answer_plan,
    apply,
    choose,
    decide,
    page,
    shown,
    upload,
    verdicts,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

WRONG = [
    ["Last name", "E-mail", "Country", "Next action on", "Value", "Status"],
    ["Pop", "ana@example,com", "", "", "", ""],
    ["Rău", "", "Gemany", "", "", ""],
    ["Ilie", "", "Gemany", "31.11.2026", "", ""],
    ["Luca", "", "", "", "many", ""],
    ["Mihai", "", "", "", "", "Lost"],
    ["", "", "Romania", "", "", ""],
    ["Good", "good@example.com", "Romania", "", "12", "Contacted"],
]


def planned(browser, rows, **columns) -> Import:
    return choose(browser, upload(browser, rows), "columns", **columns)


def wrong_cells(browser, imported) -> dict[str, str]:
    """The messages by address."""
    (section,) = [s for s in shown(browser, imported, "plan").context["sections"] if s.verdict == "error"]
    return {wrong.address: wrong.sentence for line in section.lines for wrong in line.wrong}


@pytest.fixture
def wrong(sign_in, ann):
    """An import of WRONG with no decision about the misspelled country: its rows are rejected."""
    browser = sign_in(ann)
    imported = planned(browser, WRONG)
    return browser, decide(browser, imported, country={"Gemany": "refuse"})


def test_each_error_has_its_address_and_a_message(wrong):
    browser, imported = wrong
    assert wrong_cells(browser, imported) == {
        "B2": "Enter a valid email address.",
        "C3": "Unknown country: “Gemany”.",
        "C4": "Unknown country: “Gemany”.",
        "D4": "November has only 30 days.",
        "E5": "This isn’t a number. Enter a number like 1250.",
        "F6": "Lost: A reason is required.",
        "A7": "Enter at least a name, company, email or phone.",
    }
    assert verdicts(imported) == {"error": 6, "new": 1}


def test_a_misspelled_country_is_suggested_as_the_intended_one(sign_in, ann):
    browser = sign_in(ann)
    imported = planned(browser, WRONG)
    form = shown(browser, imported, "values").context["form"]
    ((text, count, name),) = form.lines["country"]
    assert (text, count, form[name].value()) == ("Gemany", 2, "DE")
    imported = decide(browser, imported)
    apply(browser, imported)
    assert Lead.objects.get(last_name="Rău").country == "DE"


def test_a_cell_is_fixed_in_place_and_checked_again(wrong):
    browser, imported = wrong
    imported = answer_plan(
        browser, imported, check="1", fix_2_1="ana@example.com", fix_5_4="12,50", fix_4_3="30.11.2026"
    )
    assert set(wrong_cells(browser, imported)) == {"C3", "C4", "F6", "A7"}
    apply(browser, imported)
    assert Lead.objects.get(last_name="Pop").email == "ana@example.com"
    assert str(Lead.objects.get(last_name="Luca").value) == "12.50"


def test_unchecked_corrections_are_never_applied_unseen(wrong):
    browser, imported = wrong
    answer = browser.post(
        page(imported, "plan"), {"apply": imported.counts["made"], "fix_2_1": "x@example.com"}, follow=True
    )
    assert "Your corrections were checked first." in answer.text
    assert not Lead.objects.exists()


def test_the_same_error_is_fixed_in_all_rows_at_once(wrong):
    browser, imported = wrong
    listed = browser.get(f"{page(imported, 'plan')}?show=error").context["mistakes"]
    assert next((row.place, row.text, row.count) for row in listed) == (2, "Gemany", 2)
    assert {row.count for row in listed[1:]} == {1}
    imported = answer_plan(
        browser, imported, replace="1", replace_place="2", replace_old="Gemany", replace_new="Germany"
    )
    assert set(wrong_cells(browser, imported)) == {"B2", "D4", "E5", "F6", "A7"}


def test_no_row_is_lost_for_a_cell_that_can_be_empty(wrong):
    """The answers as the page proposes them: only rows that lack something required are skipped."""
    browser, imported = wrong
    answer = shown(browser, imported, "plan")
    proposed = {
        (row.heading, row.text): "empty" if row.optional else "skip" for row in answer.context["mistakes"]
    }
    assert proposed == {
        ("Country", "Gemany"): "empty",
        ("Last name", ""): "skip",
        ("E-mail", "ana@example,com"): "empty",
        ("Next action on", "31.11.2026"): "empty",
        ("Value", "many"): "empty",
        ("Status", "Lost"): "skip",
    }
    assert "Leave the cell empty and import the row" in answer.text
    rows = answer.context["mistakes"]
    imported = answer_plan(
        browser,
        imported,
        replace="1",
        replace_place=[row.place for row in rows],
        replace_old=[row.text for row in rows],
        replace_others=["1" if row.others else "" for row in rows],
        replace_answer=["empty" if row.optional else "skip" for row in rows],
        replace_new=["" for _row in rows],
    )
    assert verdicts(imported) == {"error": 2, "new": 5}
    imported = apply(browser, imported)
    assert set(Lead.objects.values_list("last_name", flat=True)) == {"Pop", "Rău", "Ilie", "Luca", "Good"}
    assert Lead.objects.get(last_name="Luca").value is None


def test_the_skipped_rows_come_back_as_a_file_that_can_be_imported_as_is(wrong):
    browser, imported = wrong
    imported = apply(browser, imported)
    answer = browser.get(page(imported, "left_out"))
    assert answer["Content-Disposition"] == 'attachment; filename="leads-skipped-rows.xlsx"'
    data = b"".join(answer.streaming_content)
    head, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    assert head == (*WRONG[0], "Why the row was skipped")
    assert [row[-1] for row in rows] == [
        "B2, E-mail: Enter a valid email address.",
        "C3, Country: Unknown country: “Gemany”.",
        "C4, Country: Unknown country: “Gemany”. D4, Next action on: November has only 30 days.",
        "E5, Value: This isn’t a number. Enter a number like 1250.",
        "F6, Status: Lost: A reason is required.",
        "A7, Last name: Enter at least a name, company, email or phone.",
    ]
    again = upload(browser, data, "again.xlsx")
    assert again.mapping == [*imported.mapping, ""]
    again = decide(browser, choose(browser, again, "columns"), country={"Gemany": "DE"})
    assert verdicts(again) == {"new": 1, "error": 5}


def test_duplicate_and_similar_rows_have_their_reason_in_that_file(sign_in, ann, make_lead):
    lead = make_lead("Jan Novák", email="jan@example.com", city="Praha")
    browser = sign_in(ann)
    rows = [
        ["Last name", "E-mail", "City"],
        ["A", "a@example.com", ""],
        ["B", "a@example.com", ""],
        ["N", "jan@example.com", "Plzeň"],
    ]
    imported = apply(browser, answer_plan(browser, planned(browser, rows), all_duplicates="leave"))
    data = b"".join(browser.get(page(imported, "left_out")).streaming_content)
    found = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))[1:]
    assert [row[-1] for row in found] == ["This row repeats row 2.", f"This row looks like #{lead.pk}."]


def test_a_newer_edit_is_shown_and_decided_cell_by_cell(sign_in, ann, ada, make_lead):
    leads = [make_lead(f"Jan N{n}", city="Praha", title="Buyer") for n in range(2)]
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser)))
    sheet = book["Leads"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in (2, 3):
        sheet.cell(row, heads["City"]).value = "Plzeň"
        sheet.cell(row, heads["Position"]).value = "Chief buyer"
    out = io.BytesIO()
    book.save(out)
    ids = [lead.pk for lead in leads]
    carry_out(Edit({"city": "Ostrava"}), Lead.objects.changeable_by(ada).filter(pk__in=ids), by=ada)

    imported = planned(browser, out.getvalue())
    assert verdicts(imported) == {"changed": 2}
    assert imported.counts["conflicts"] == 2
    (section,) = shown(browser, imported, "plan").context["sections"]
    (conflict,) = section.lines[0].conflicts
    assert (conflict.heading, conflict.now, conflict.file, conflict.who) == (
        "City",
        "Ostrava",
        "Plzeň",
        "Ada",
    )
    assert [cell.heading for cell in section.lines[0].changes] == ["Position"]
    imported = answer_plan(browser, imported, **{conflict.name: "file"})
    apply(browser, imported)
    taken = section.lines[0].planned.record
    for lead in leads:
        lead.refresh_from_db()
        assert (lead.city, lead.title) == ("Plzeň" if lead.pk == taken else "Ostrava", "Chief buyer")


def test_an_empty_value_of_a_newer_edit_has_the_word_of_its_field(sign_in, ann, ada, bob, carla, make_lead):
    lead = make_lead("Jan Novák", city="Praha", owner=bob)
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser)))
    sheet = book["Leads"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for head in ("City", "Owner"):
        sheet.cell(2, heads[head]).value = None
    out = io.BytesIO()
    book.save(out)
    rows = Lead.objects.changeable_by(ada).filter(pk=lead.pk)
    carry_out(Edit({"city": "Ostrava", "owner": ann}), rows, by=ada)
    answer = shown(browser, planned(browser, out.getvalue()), "plan")
    (line,) = answer.context["sections"][0].lines
    assert {one.heading: one.file for one in line.conflicts} == {"City": "empty", "Owner": "Unassigned"}
    assert "Use the file’s value: Unassigned" in answer.text


def test_invalid_answers_change_nothing(wrong):
    browser, imported = wrong
    before = dict(imported.counts)
    imported = answer_plan(
        browser, imported, fix_99_1="x", fix_2_99="x", choice_2="explode", take_2_city="file", take_2_nothing="here",
        all_duplicates="x", replace="1", replace_place="99",
    )  # fmt: skip
    assert {**imported.counts, "made": ""} == {**before, "made": ""}


def test_past_events_cannot_be_in_the_future(sign_in, ann):
    browser = sign_in(ann)
    imported = planned(browser, [["Last name", "Date added"], ["Pop", "2012-05-23"], ["Rău", "2112-05-23"]])
    assert wrong_cells(browser, imported) == {"B3": "Enter a date that isn’t in the future."}
