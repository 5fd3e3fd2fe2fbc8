"""Many records go to Trash in one call of API v2, each with its own outcome."""

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.api.test_known_records import rules  # noqa: F401 - a fixture
from tests.api.v2.test_lists_and_changes import LEADS

DELETE = f"{LEADS}/batch/delete"


def test_many_records_go_to_trash_in_one_operation(program, make_lead, ann, dan, departments):
    leads = [make_lead(f"L{place}", owner=ann) for place in range(3)]
    hidden = make_lead("Hidden", owner=dan, department=departments.export)
    records = [{"id": lead.pk} for lead in leads] + [
        {"id": hidden.pk}, {"id": leads[0].pk}, {"id": leads[1].pk, "city": "x"}, {}
    ]  # fmt: skip
    answer = program.post(DELETE, {"records": records})
    assert [row["status"] for row in answer["results"]] == [200, 200, 200, 404, 404, 422, 422]
    (pk,) = answer["operations"]
    assert Lead.objects.present().count() == 1
    revert_operation(Operation.objects.get(pk=pk), by=ann)
    assert Lead.objects.present().count() == 4


def test_only_records_at_their_version_go_to_trash_and_none_if_all_or_nothing(program, make_lead, ann):
    leads = [make_lead(f"L{place}", owner=ann) for place in range(2)]
    records = [{"id": leads[0].pk, "version": 99}, {"id": leads[1].pk, "version": leads[1].version}]
    answer = program.post(DELETE, {"records": records, "all_or_nothing": True})
    assert [row["status"] for row in answer["results"]] == [412, 424]
    assert Lead.objects.present().count() == 2
    assert [row["status"] for row in program.post(DELETE, {"records": records})["results"]] == [412, 200]
