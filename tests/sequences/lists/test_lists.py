"""Sequences in the lists of leads and contacts: the filters in words, the column, files and API v2."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from crm.records.listing.stored_conditions import parse_conditions
from leads.kind import LEAD
from leads.models import Lead
from sequences.switching import retire_sequence
from tests.api.conftest import umbra
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.sequences.sequencing import build_step, make_sequence, start

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db
TO_FILES = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def sequence(db):
    return make_sequence("Welcome", build_step("call", title="Call"))


@pytest.fixture
def leads(make_lead, bob):
    return [make_lead(f"Lead {number}", email=f"l{number}@example.cz", owner=bob) for number in range(3)]


def test_the_filter_is_offered_and_read_as_a_sentence(sign_in, bob, leads, sequence):
    start(sequence, bob, leads[1])
    browser = sign_in(bob)
    page = browser.get("/admin/leads", {"sequence": sequence.pk})
    assert [str(chip) for chip in page.context["listing"].filters.build_chips()] == ["in sequence Welcome"]
    assert [record.pk for record in page.context["table"].data] == [leads[1].pk]
    form = browser.get("/admin/leads/filter").text
    assert "In sequence" in form
    assert "End of last sequence" in form


def test_without_a_sequence_no_filter_is_offered(sign_in, bob, leads):
    assert "In sequence" not in sign_in(bob).get("/admin/leads/filter").text


def test_a_sequence_that_was_deleted_is_a_filter_that_says_so(sign_in, ada, leads, sequence):
    retire_sequence(sequence, by=ada)
    page = sign_in(ada).get("/admin/leads", {"sequence": sequence.pk})
    assert page.context["listing"].filters.faults


def test_conditions_of_rules_can_ask_for_it(bob, leads, sequence):
    start(sequence, bob, leads[0])
    conditions = parse_conditions(LEAD, QueryDict(f"sequence={sequence.pk}"))
    assert conditions.problem == ""
    assert list(Lead.objects.filter(conditions.met)) == [leads[0]]


def test_api_v2_lists_the_records_of_a_sequence(umbra, bob, leads, sequence):
    start(sequence, bob, leads[2])
    found = umbra(bob).get(f"/api/v2/leads?sequence={sequence.pk}")["leads"]
    assert [one["id"] for one in found] == [leads[2].pk]
    umbra(bob).get("/api/v2/leads?sequence=999999999", expect=422)


def draw(browser, *columns: str) -> tuple[str, int]:
    browser.post("/admin/leads/columns", {"column": columns})
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/admin/leads?all=1").text
    return page, sum("sequences_" in one["sql"] for one in queries)


def test_the_column_names_the_sequence_in_two_looks_and_costs_nothing_where_it_is_hidden(
    sign_in, bob, leads, sequence
):
    start(sequence, bob, *leads[:2])
    browser = sign_in(bob)
    page, hidden = draw(browser, "name", "company")
    assert (page.count("Welcome"), hidden) == (0, 0)
    page, shown = draw(browser, "name", "sequence")
    # The rows with their sequences, and the names of all sequences.
    assert (page.count(">Welcome"), shown) == (2, 2)


@TO_FILES
def test_files_have_the_sequence_which_no_import_reads(sign_in, ann, bob, leads, sequence):
    start(sequence, bob, leads[0])
    rows = rows_of(export(sign_in(ann)))
    assert {row["Last name"]: row["Sequence"] for row in rows} == {
        "0": "Welcome",
        "1": None,
        "2": None,
    }
    assert "sequence" in LEAD.get_never_imported_columns(bob)
