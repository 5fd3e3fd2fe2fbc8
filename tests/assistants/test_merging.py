"""Assistants that merge records: what would be kept comes first, nothing may have changed since, and the undo brings all back."""

import pytest

from assistants.models import ChangePreview
from assistants.tool_execution import count_operation
from assistants.tools.tool import ToolCall
from crm.api.token_scopes import get_all_rights
from crm.models import Operation
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out
from leads.kind import LEAD
from leads.models import Lead


@pytest.fixture
def twice(make_lead, ann):
    return [
        make_lead("Zoe Stone", owner=ann, city="Vienna", email="zoe@stone.example"),
        make_lead("Zoe Stone", owner=ann, city="Graz", phone="+43 1 512 34"),
    ]


def build_sent(leads) -> dict:
    return {"type": "lead", "id": leads[0].pk, "others": [lead.pk for lead in leads[1:]]}


def present() -> set[int]:
    return set(Lead.objects.present().values_list("pk", flat=True))


def test_a_merge_is_previewed_with_what_differs_then_applied_once_and_undone(assistant, ann, twice):
    me, sent = assistant(ann), build_sent(twice)
    shown = me.use("merge_records", **sent)
    assert present() == {lead.pk for lead in twice}
    cities = next(field for field in shown["data"]["merge"]["fields"] if field["field"] == "city")
    assert {value["value"] for value in cities["values"]} == {"Vienna", "Graz"}
    assert shown["preview"]["records"] == 2
    merged = me.use("merge_records", **sent, preview=shown["preview"]["preview"])
    assert present() == {twice[0].pk}
    assert merged["outcome"] == {"merged": 1}
    assert "already" in me.refuse("merge_records", **sent, preview=shown["preview"]["preview"])
    undo = {"change": merged["changes"][0]}
    preview = me.call("undo_change", **undo)["structuredContent"].get("preview")
    if preview:
        me.use("undo_change", **undo, preview=preview["preview"])
    assert present() == {lead.pk for lead in twice}


def test_a_merge_is_refused_if_a_record_has_changed_since_the_preview(assistant, ann, twice):
    me, sent = assistant(ann), build_sent(twice)
    shown = me.use("merge_records", **sent)
    rows = Lead.objects.present().changeable_by(ann)
    carry_out(LEAD.edit({"city": "Linz"}), rows, by=ann, wanted=[twice[1].pk])
    assert "changed since" in me.refuse("merge_records", **sent, preview=shown["preview"]["preview"])
    assert present() == {lead.pk for lead in twice}
    assert ChangePreview.objects.get(used_at=None)


def test_a_merge_is_offered_only_to_who_may_delete_and_for_records_that_the_user_may_change(
    assistant, ann, carla, twice, make_lead, departments
):
    rights = [right for right in get_all_rights() if not right.endswith(".delete")]
    tools = assistant(ann, rights).send("tools/list")["result"]["tools"]
    assert "merge_records" not in {tool["name"] for tool in tools}
    foreign = make_lead("Zoe Stone", owner=carla, department=departments.export)
    sent = {"type": "lead", "id": twice[0].pk, "others": [foreign.pk]}
    assert "can't change" in assistant(ann, name="Other").refuse("merge_records", **sent)


def test_what_was_rolled_back_within_a_call_is_not_counted(assistant, ann, twice):
    me = assistant(ann, limits={"records_per_call": 1})
    call = ToolCall(None, me.token)
    gone = Operation(pk=987654321, changed=1)
    call.operations = [gone]
    rows = Lead.objects.present().changeable_by(ann)
    done = carry_out(verbs.Delete(), rows, by=ann, wanted=[twice[0].pk]).operation
    count_operation(call, done)
    assert (call.operations, call.changed) == ([done], 1)
