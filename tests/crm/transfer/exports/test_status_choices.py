"""The drop-down of statuses in an exported workbook: each row offers its own status and those allowed from it."""

import io
import re

import openpyxl
import pytest

from crm.records.history.verb_execution import operation
from leads.models import Status
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import choose, shown, upload, verdicts
from tests.leads.statuses.test_allowed_next import only_next

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def drop_down(book) -> str:
    """The formula of the drop-down in the column of statuses."""
    heads = {cell.value: cell.column_letter for cell in book["Leads"][1]}
    rules = book["Leads"].data_validations.dataValidation
    return next(rule.formula1 for rule in rules if str(rule.sqref).startswith(f"{heads['Status']}2:"))


def lists(book, formula: str) -> list[list[str]]:
    """The choices of rows without a number, of those with 1, and so on."""
    first = openpyxl.utils.column_index_from_string(re.search(r"Choices!\$([A-Z]+)", formula)[1])
    columns = list(book["Choices"].iter_cols(min_col=first, values_only=True))
    return [[text for text in column if text] for column in columns]


def test_a_row_offers_its_own_status_and_those_allowed_from_it(sign_in, ann, make_lead, statuses):
    only_next(statuses.new, statuses.contacted, statuses.lost)
    only_next(statuses.qualified, statuses.proposal)
    qualified, new, free = make_lead(status="qualified"), make_lead(), make_lead(status="contacted")
    data = export(sign_in(ann))
    book, rows = opened(data), rows_of(data)
    formula = drop_down(book)
    column = book["Leads"].max_column
    letter = openpyxl.utils.get_column_letter(column)
    assert book["Leads"].column_dimensions[letter].hidden
    assert re.fullmatch(
        rf"OFFSET\(Choices!\$(\w+)\$1,0,\${letter}2,COUNTA\(OFFSET\(Choices!\$\1\$1:\$\1\$\d+,0,\${letter}2\)\),1\)",
        formula,
    )
    numbers = {row["Lead ID"]: row["Status choices"] for row in rows}
    assert numbers == {f"#{free.pk}": None, f"#{new.pk}": 1, f"#{qualified.pk}": 2}
    anything, of_new, of_qualified = lists(book, formula)[:3]
    assert anything == [status.label for status in Status.objects.of_leads().active().in_order()]
    assert of_new == ["New", "Contacted", "Lost"]
    assert of_qualified == ["Qualified", "Proposal"]


def test_without_a_rule_the_file_has_no_such_column(sign_in, ann, make_lead):
    make_lead()
    book = opened(export(sign_in(ann)))
    assert "Status choices" not in [cell.value for cell in book["Leads"][1]]
    assert re.fullmatch(r"Choices!\$(\w+)\$1:\$\1\$\d+", drop_down(book))


def test_a_retired_status_is_only_offered_to_the_leads_in_it(sign_in, ann, make_lead, statuses):
    only_next(statuses.new, statuses.contacted, statuses.proposal)
    only_next(statuses.proposal, statuses.won)
    make_lead()
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.proposal.pk).update(retired=True)
    book = opened(export(sign_in(ann)))
    _anything, of_new, of_proposal = lists(book, drop_down(book))[:3]
    assert (of_new, of_proposal) == (["New", "Contacted"], ["Proposal", "Won"])


def test_a_text_file_and_a_file_without_the_status_have_no_such_column(sign_in, ann, make_lead, statuses):
    only_next(statuses.new, statuses.contacted)
    make_lead()
    browser = sign_in(ann)
    assert b"Status choices" not in export(browser, format="csv")


def test_the_file_comes_back_unchanged_and_the_hidden_column_is_skipped(sign_in, ann, make_lead, statuses):
    only_next(statuses.new, statuses.contacted)
    make_lead()
    browser = sign_in(ann)
    imported = upload(browser, export(browser))
    page = shown(browser, imported, "columns")
    (line,) = [line for line in page.context["lines"] if line["column"]["heading"] == "Status choices"]
    assert (line["field"].value(), line["note"]) == ("", "Set automatically")
    # Nothing but the columns that the product sets is without a field.
    assert page.context["creatable"] == 0
    assert verdicts(choose(browser, imported, "columns")) == {"unchanged": 1}
