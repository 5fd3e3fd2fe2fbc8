"""A tool costs few statements more than the calls of API v2 that it makes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Program, make_token


def count_statements(ask) -> int:
    """Of the second time: the first one reads what a process keeps."""
    ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tool", "call", "more"),
    [
        (
            lambda used, lead: used.use("get_record", type="lead", id=lead.pk),
            lambda program, lead: program.get(f"/api/v2/leads/{lead.pk}"),
            1,
        ),
        (
            lambda used, _lead: used.use("list_records", type="lead", limit=20),
            lambda program, _lead: program.get("/api/v2/leads?limit=20"),
            1,
        ),
        (
            lambda used, lead: used.use("edit_record", type="lead", id=lead.pk, values=get_other_city(lead)),
            lambda program, lead: program.patch(f"/api/v2/leads/{lead.pk}", get_other_city(lead)),
            3,
        ),
    ],
    ids=["one record", "a list", "an edit"],
)
def test_a_tool_takes_one_statement_more_than_its_call_and_a_change_three(
    assistant, ann, make_lead, tool, call, more
):
    """Its line in the log; the limits, and what counts for the hour."""
    lead = make_lead("Eva Berg", owner=ann)
    used, program = assistant(ann), Program(make_token(ann), "Authorization", "Bearer ")
    by_program = count_statements(lambda: call(program, lead))
    assert count_statements(lambda: tool(used, lead)) - by_program == more


def get_other_city(lead) -> dict[str, str]:
    """So that each edit changes something."""
    lead.city += "o"
    return {"city": lead.city}
