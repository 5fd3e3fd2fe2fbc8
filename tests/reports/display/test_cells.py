"""A rate in a table: with its counts, as its counts if they are few, and empty if there is nothing to count."""

import pytest

from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import Move
from reports.display.tables import build_cell


@pytest.mark.parametrize(
    ("number", "won", "text", "note"),
    [
        pytest.param(0, 0, "", "", id="no leads"),
        pytest.param(3, 1, "1 of 3", "", id="too few"),
        pytest.param(9, 0, "0 of 9", "", id="too few, none of them won"),
        pytest.param(10, 1, "10.0%", "1 of 10", id="enough"),
    ],
)
def test_a_rate_has_its_counts_once(number, won, text, note, make_lead, statuses, asked, ada):
    made = [make_lead(f"Jan {place}") for place in range(number)]
    for lead in made[:won]:
        carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)
    found = asked("measure=client_rate&period=all", ada)
    cell = build_cell(found, found.total, found.question.measures[0])
    assert (cell.text, cell.note) == (text, note)
