"""What assistants change: previews of exactly one set, undoing their own work only, limits, and how it is marked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assistants.models import AssistantLimits, AssistantUse, ChangePreview
from crm.models import ApiCall, AuditEntry, FrozenSet, Operation
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip

VIP = {"type": "lead", "action": "vip", "conditions": {"city.is": "Vienna"}}


@pytest.fixture
def three(make_lead, ann):
    return [make_lead(name, owner=ann, city="Vienna") for name in ("Zoe Stone", "Adam Novák", "Eva Berg")]


def set_vip(user, ids: list[int], vip: bool) -> None:
    """What a person does meanwhile."""
    carry_out(SetVip(vip), Lead.objects.present().changeable_by(user), by=user, wanted=ids)


def count_vips() -> int:
    return Lead.objects.filter(vip=True).count()


def test_a_bulk_change_is_previewed_with_counts_reasons_and_names_and_writes_nothing(
    assistant, ann, bob, three
):
    set_vip(ann, [three[0].pk], True)
    shown = assistant(ann).use("change_records", **VIP)
    preview = shown["preview"]
    assert (preview["records"], preview["would_change"], preview["already_set"]) == (3, 2, 1)
    assert preview["cannot_be_changed"] == {}
    assert [row["name"] for row in shown["data"]["some_of_them"]] == ["Zoe Stone", "Adam Novák", "Eva Berg"]
    assert (shown["changes"], shown["records_changed"], count_vips()) == ([], 0, 1)


def test_a_preview_counts_what_can_not_be_changed_by_reason(assistant, ann, make_lead, carla, departments):
    mine = make_lead(owner=ann)
    hidden = make_lead(owner=carla, department=departments.export)
    ids = [mine.pk, hidden.pk, hidden.pk + 1_000]
    shown = assistant(ann).use("change_records", type="lead", action="vip", ids=ids)
    assert shown["preview"]["cannot_be_changed"] == {"not_found": 2}
    assert [row["id"] for row in shown["data"]["some_of_them"]] == [mine.pk]


def test_a_preview_is_applied_to_exactly_its_records(assistant, ann, make_lead, three):
    """A lead that meets the conditions by now isn't part of it."""
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    later = make_lead("Later Lead", owner=ann, city="Vienna")
    done = me.use("change_records", **VIP, preview=preview)
    assert done["outcome"] == {"records": 3, "changed": 3, "already_set": 0, "cannot_be_changed": {}}
    later.refresh_from_db()
    assert (later.vip, count_vips()) == (False, 3)


def test_a_preview_is_applied_once(assistant, ann, three):
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    me.use("change_records", **VIP, preview=preview)
    assert "has already been applied" in me.refuse("change_records", **VIP, preview=preview)
    assert Operation.objects.through(me.token).count() == 1


def test_a_preview_that_another_call_is_applying_is_applied_once(assistant, ann, three, monkeypatch):
    """Both calls have found it unused: the one that comes second is rolled back."""
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    me.use("change_records", **VIP, preview=preview)
    monkeypatch.setattr("assistants.tools.previews.find_preview_problem", lambda *_, **__: "")
    set_vip(ann, [lead.pk for lead in three], False)
    assert "has already been applied" in me.refuse("change_records", **VIP, preview=preview)
    assert count_vips() == 0


def test_an_expired_preview_is_refused(assistant, ann, three):
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    ChangePreview.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert "has expired" in me.refuse("change_records", **VIP, preview=preview)
    assert count_vips() == 0


def test_a_preview_is_only_good_for_its_action_its_values_and_its_token(assistant, ann, three):
    me, other = assistant(ann), assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    assert "action differs" in me.refuse("change_records", **{**VIP, "action": "share"}, preview=preview)
    wider = {**VIP, "conditions": {"vip": "no"}}
    assert "conditions differs" in me.refuse("change_records", **wider, preview=preview)
    assert "There is no such preview" in other.refuse("change_records", **VIP, preview=preview)
    assert "There is no such preview" in me.refuse("change_records", **VIP, preview="preview_made_up")
    assert count_vips() == 0


def test_what_changed_since_the_preview_is_judged_again(assistant, ann, three):
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    set_vip(ann, [three[0].pk], True)
    done = me.use("change_records", **VIP, preview=preview)
    assert (done["outcome"]["changed"], done["outcome"]["already_set"]) == (2, 1)


def test_a_change_of_few_enough_records_needs_no_preview(assistant, ann, three):
    me = assistant(ann, limits={"preview_above": 3})
    assert me.use("change_records", **VIP)["outcome"]["changed"] == 3
    assert FrozenSet.objects.count() == 0


def test_a_condition_without_a_value_never_means_all_records(assistant, ann, three):
    me = assistant(ann, limits={"preview_above": 3})
    for conditions in ({"city.is": ""}, {"status_not": "on"}, {"q": " "}, {}):
        me.refuse("change_records", type="lead", action="vip", conditions=conditions)
    me.refuse("change_records", type="lead", action="vip")
    assert count_vips() == 0


@pytest.mark.parametrize("conditions", [{"city.is": ""}, {"status": ""}, {"country": ""}])
def test_a_condition_without_a_value_lists_nothing(assistant, ann, three, conditions):
    assert "no value" in assistant(ann).refuse("list_records", type="lead", conditions=conditions)


def test_an_assistant_undoes_what_it_has_done_with_a_preview_of_its_own(assistant, ann, three):
    me = assistant(ann)
    preview = me.use("change_records", **VIP)["preview"]["preview"]
    (change,) = me.use("change_records", **VIP, preview=preview)["changes"]
    set_vip(ann, [three[0].pk], False)
    shown = me.use("undo_change", change=change)["preview"]
    assert (shown["records"], shown["would_go_back"], count_vips()) == (3, 2, 2)
    assert me.use("undo_change", change=change, preview=shown["preview"])["outcome"]["back"] == 2
    assert count_vips() == 0
    assert "already been undone" in me.refuse("undo_change", change=change)
    (undo, first) = me.use("list_own_changes")["data"]["changes"]
    assert (undo["undoes"], first["undone"]) == (first["id"], True)


def test_the_preview_of_one_undo_does_not_undo_another_change(assistant, ann, three):
    me = assistant(ann, limits={"preview_above": 0})
    first, second = (
        me.use("edit_record", type="lead", id=lead.pk, values={"title": "Boss"})["changes"][0]
        for lead in three[:2]
    )
    preview = me.use("undo_change", change=first)["preview"]["preview"]
    assert "change differs" in me.refuse("undo_change", change=second, preview=preview)


def test_an_assistant_undoes_nothing_that_people_or_other_assistants_did(assistant, ann, sign_in, three):
    me, other = assistant(ann), assistant(ann)
    (change,) = other.use("edit_record", type="lead", id=three[0].pk, values={"title": "Boss"})["changes"]
    own = Operation.objects.create(kind="edit", table="lead", by=ann, changed=1)
    for pk in (change, own.pk):
        assert "has made no such change" in me.refuse("undo_change", change=pk)
    assert me.use("list_own_changes")["data"]["changes"] == []
    three[0].refresh_from_db()
    assert three[0].title == "Boss"


def test_a_call_about_too_many_records_is_refused_before_it_is_previewed(assistant, ann, three):
    me = assistant(ann, limits={"records_per_call": 2})
    for asked in (VIP, {"type": "lead", "action": "vip", "ids": [lead.pk for lead in three]}):
        assert "may change 2 with one call" in me.refuse("change_records", **asked)
    assert ChangePreview.objects.count() == 0


@pytest.mark.usefixtures("stopped_clock")
def test_the_records_of_an_hour_are_counted_over_all_tools(assistant, ann, three):
    me = assistant(ann, limits={"records_per_hour": 2})
    me.use("edit_record", type="lead", id=three[0].pk, values={"title": "Boss"})
    me.use("plan_task", record_type="lead", id=three[0].pk, title="Call")
    assert me.use("get_own_limits")["data"]["records_left_in_this_hour"] == 0
    assert "2 records per hour" in me.refuse(
        "edit_record", type="lead", id=three[1].pk, values={"title": "Boss"}
    )
    three[1].refresh_from_db()
    assert three[1].title == ""
    assert "0 more in this hour" in me.refuse("change_records", type="lead", action="vip", ids=[three[2].pk])
    AssistantUse.objects.update(hour=timezone.now() - timedelta(hours=2))
    me.use("edit_record", type="lead", id=three[1].pk, values={"title": "Boss"})
    assert AssistantUse.objects.get().records == 1


def test_a_refused_change_counts_nothing(assistant, ann, three):
    me = assistant(ann)
    me.refuse("edit_record", type="lead", id=three[0].pk, values={"email": "no address"})
    assert not AssistantUse.objects.exists()


def test_a_token_without_limits_has_the_first_ones(assistant, ann, three):
    me = assistant(ann)
    AssistantLimits.objects.all().delete()
    assert "preview" in me.use("change_records", **VIP)


def test_nothing_is_deleted_or_sent_unless_it_is_allowed(assistant, ann, three):
    rights = ["leads.get", "leads.put"]
    me = assistant(ann, rights)
    names = [tool["name"] for tool in me.send("tools/list")["result"]["tools"]]
    assert "delete_record" not in names
    assert "add_record" not in names
    assert "error" in me.send(
        "tools/call", {"name": "delete_record", "arguments": {"type": "lead", "id": three[0].pk}}
    )
    assert "may not delete" in me.refuse("change_records", type="lead", action="bin", ids=[three[0].pk])
    assert "may not send anything" in me.refuse(
        "change_records", type="lead", action="start_sequence", ids=[three[0].pk]
    )
    assert "permanently" in assistant(ann).refuse(
        "change_records", type="lead", action="purge", ids=[three[0].pk]
    )
    assert Lead.objects.present().count() == 3


def test_an_assistant_that_only_reads_has_no_tool_that_writes(assistant, ann, three):
    me = assistant(ann, ["leads.get", "leads.search", "activities.get", "tasks.get", "users.get"])
    tools = me.send("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools if not tool["annotations"]["readOnlyHint"]] == []


def test_an_assistant_sees_and_changes_what_its_user_may(assistant, bob, carla, make_lead):
    hidden = make_lead("Secret Person", owner=carla)
    me = assistant(bob)
    assert me.use("search_records", query="Secret")["data"]["leads"] == []
    assert me.refuse("get_record", type="lead", id=hidden.pk) == "Not found."
    assert me.refuse("get_story", type="lead", id=hidden.pk) == "Not found."
    assert me.refuse("edit_record", type="lead", id=hidden.pk, values={"city": "Oslo"}) == "Not found."
    me.refuse("log_activity", record_type="lead", id=hidden.pk, type="note", text="x")


def test_record_types_that_a_token_may_not_use_are_not_offered(assistant, ada):
    tools = {
        tool["name"]: tool
        for tool in assistant(ada, ["leads.get", "deals.get", "deals.put"]).send("tools/list")["result"][
            "tools"
        ]
    }
    assert tools["get_record"]["inputSchema"]["properties"]["type"]["enum"] == ["lead", "deal"]
    assert tools["edit_record"]["inputSchema"]["properties"]["type"]["enum"] == ["deal"]


def test_what_an_assistant_did_is_marked_as_its_own(assistant, ann, sign_in, three):
    me = assistant(ann, name="Claude")
    me.use("edit_record", type="lead", id=three[0].pk, values={"city": "Oslo"})
    record = Operation.objects.latest("pk")
    assert (record.channel, record.token, record.by) == ("assistant", me.token, ann)
    browser = sign_in(ann)
    page = browser.get(f"/admin/operations/{record.pk}").content.decode()
    assert "through the assistant “Claude”" in page
    assert "through an assistant" in browser.get(f"/admin/leads/{three[0].pk}").content.decode()


def test_what_a_person_does_after_an_assistant_is_their_own(assistant, ann, three):
    assistant(ann).use("edit_record", type="lead", id=three[0].pk, values={"city": "Oslo"})
    rows = Lead.objects.present().changeable_by(ann).filter(pk=three[1].pk)
    done = carry_out(verbs.Delete(), rows, by=ann).operation
    assert (done.channel, done.token) == ("web", None)


def test_a_read_is_in_the_audit_log_with_the_name_of_the_assistant(assistant, ann, three):
    assistant(ann, name="Claude").use("get_record", type="lead", id=three[0].pk)
    entry = AuditEntry.objects.get(kind="read_by_program")
    assert (entry.details["token"], entry.details["path"]) == ("Claude", f"/api/v2/leads/{three[0].pk}")


def test_a_call_that_is_refused_is_logged_too(assistant, ann):
    me = assistant(ann)
    me.refuse("get_record", type="lead", id=999)
    assert ApiCall.objects.filter(token=me.token, path="/api/v2/leads/999", status=404).exists()
