"""How the columns of a file are mapped: our own old headers, and lines of the description."""

import pytest

from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.header_words import get_fields_by_word
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

# Headers of exports from before the labels were renamed, in both languages.
OLD = {
    "Lead id": "id",
    "Version": "version",
    "E-mail": "email",
    "Second e-mail": "second_email",
    "Postcode": "zip",
    "County or state": "state",
    "What happened": "lost_remark",
    "Next action on": "next_action_on",
    "Al doilea e-mail": "second_email",
    "Cod poștal": "zip",
    "Județ sau regiune": "state",
    "Ce s-a întâmplat": "lost_remark",
    "Data următoarei acțiuni": "next_action_on",
    "Zip": "zip",
}


def test_a_file_with_the_headers_of_an_old_export_is_recognized_column_by_column(sign_in, ann, make_lead):
    lead = make_lead("Jan Novák", email="jan@example.com")
    head = ["Lead id", "Version", "E-mail", "Second e-mail", "Postcode", "County or state", "What happened"]
    row = [f"#{lead.pk}", 1, "jan@example.com", "second@example.com", "007", "Arad", ""]
    browser = sign_in(ann)
    imported = upload(browser, [[*head, "Next action on"], [*row, "2026-12-24"]])
    assert imported.mapping == [OLD[heading] for heading in [*head, "Next action on"]]
    imported = choose(browser, imported, "columns")
    assert verdicts(imported) == {"changed": 1}
    known = get_fields_by_word(KINDS["lead"], ann)
    assert {heading: known.get(normalize_heading(heading)) for heading in OLD} == OLD


DEAL = [
    ["E-mail", "Last name", "Budget note", "Since"],
    ["jan@example.com", "Novák", "large\r\nand safe", 2019.0],
]


def described(browser, **columns):
    columns = {"column_2": "notes", "column_3": "notes", **columns}
    return choose(browser, upload(browser, DEAL), "columns", **columns)


def test_a_description_line_is_also_added_to_existing_leads_and_only_once(sign_in, ann, make_lead):
    lead = make_lead("Jan Novák", email="jan@example.com", description="Met at the fair")
    browser = sign_in(ann)
    apply(browser, described(browser))
    lead.refresh_from_db()
    assert lead.description == "Met at the fair\nBudget note: large\nand safe\nSince: 2019"
    assert verdicts(described(browser)) == {"unchanged": 1}
    assert "Added as a line of the description" in close_up(
        shown(browser, described(browser), "columns").text
    )


def test_filling_only_empty_fields_leaves_an_existing_description_unchanged(sign_in, ann, make_lead):
    make_lead("Jan Novák", email="jan@example.com", description="Met at the fair")
    assert verdicts(described(sign_in(ann), duplicates="fill")) == {"unchanged": 1}
    empty = make_lead("Eva Malá", email="eva@example.com")
    browser = sign_in(ann)
    rows = [DEAL[0], ["eva@example.com", "", "small", ""]]
    imported = choose(browser, upload(browser, rows), "columns", column_2="notes", duplicates="fill")
    apply(browser, imported)
    empty.refresh_from_db()
    assert empty.description == "Budget note: small"


def test_the_encoding_of_a_file_has_a_familiar_name(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(browser, "Last name\nPop\n".encode("utf-8-sig"), "leads.csv")
    text = close_up(shown(browser, imported, "columns").text)
    assert "UTF-8, header in row 1" in text
    assert "utf-8-sig" not in text
    # One row is one row.
    assert "leads.csv, 1 row, 1 column" in text
    assert "Check 1 row" in text
    assert "1 rows" not in text
