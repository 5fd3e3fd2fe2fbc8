"""API v2: what the page of a record shows takes the same number of queries however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from leads.models import Lead
from tests.api.v2.record_page.test_files import body

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("part", ["history", "files", "emails"])
def test_a_longer_list_takes_no_more_queries(part, make_lead, bob, umbra):
    lead, program = make_lead("Jan Novák", owner=bob, email="jan@example.cz"), umbra(bob)

    def add(number: int) -> None:
        rows = Lead.objects.filter(pk=lead.pk)
        for place in range(number):
            carry_out(Edit({"city": f"City {place}"}), rows, by=bob)
            file = program.post(f"/api/v2/leads/{lead.pk}/files", body(f"{place}.txt"), expect=201)["id"]
            sent = {"subject": "Some", "text": "Some", "files": [file]}
            program.post(f"/api/v2/leads/{lead.pk}/emails", sent, expect=201)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(f"/api/v2/leads/{lead.pk}/{part}")[part]
        return len(queries)

    add(2)
    few = count()
    add(6)
    assert count() == few
