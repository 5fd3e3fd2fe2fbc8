"""API v2 with two hundred custom fields: a list and a record take as many queries as with a few."""

import pytest

from crm.fields.models.custom_field import MOST_FIELDS
from tests.api.v2.test_lists_and_changes import LEADS
from tests.crm.records.custom_fields.test_two_hundred import TYPES, define, queries_of


@pytest.mark.parametrize("path", [LEADS, f"{LEADS}/{{pk}}"])
def test_an_answer_takes_the_same_queries_for_two_hundred_fields(program, ann, make_lead, path):
    lead = make_lead(owner=ann)
    define("lead", len(TYPES))
    before = queries_of(lambda: program.get(path.format(pk=lead.pk)))
    define("lead", MOST_FIELDS)
    assert queries_of(lambda: program.get(path.format(pk=lead.pk))) == before
