"""Each action of a step: what it writes, how an undo of the run reverts it, and whom it is not for."""

from datetime import date
from typing import Any

import pytest

from automations.definition.action_types import ACTIONS, get_actions_for, get_sent_values
from automations.definition.trigger_types import get_triggers_for
from automations.running.step_plan import plan_steps
from crm.models import Activity, Notification, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company
from tests.automations.automating import make_automation, work, written_by

pytestmark = pytest.mark.django_db


def read_state(record: Any) -> dict[str, Any]:
    """What the actions change."""
    record = type(record).objects.get(pk=record.pk)
    return {
        "city": record.city,
        "owner": record.owner_id,
        "tags": record.tags,
        "status": getattr(record, "status_id", None),
        "tasks": [(task.title, task.user_id) for task in Task.objects.present()],
        "company": getattr(record, "client_id", None),
        "notes": list(Activity.objects.present().values_list("text", flat=True)),
    }


@pytest.fixture
def tag(make_tag):
    return make_tag("Hot")


@pytest.fixture
def old(make_tag):
    return make_tag("Old")


# A step, its values by the people and rows of a test, and what it makes of a lead of Ann's with the tag "Old".
STEPS = {
    "set": ("set", lambda all: {"field": "city", "value": "Brno"}, lambda all: {"city": "Brno"}),
    "move": (
        "move",
        lambda all: {"status": str(all["statuses"].contacted.pk), "reason": "", "remark": ""},
        lambda all: {"status": all["statuses"].contacted.pk},
    ),
    "assign": ("assign", lambda all: {"owner": str(all["bob"].pk)}, lambda all: {"owner": all["bob"].pk}),
    "tag": (
        "tag",
        lambda all: {"tags": [str(all["tag"].pk)]},
        lambda all: {"tags": [all["old"].pk, all["tag"].pk]},
    ),
    "untag": ("untag", lambda all: {"tags": str(all["old"].pk)}, lambda all: {"tags": []}),
    "add_note": ("add_note", lambda all: {"text": "Came in"}, lambda all: {"notes": ["Came in"]}),
    "add_task": (
        "add_task",
        lambda all: {"title": "Call", "days": "2", "user": ""},
        lambda all: {"tasks": [("Call", all["ann"].pk)]},
    ),
    "convert": (
        "convert",
        lambda all: {},
        lambda all: {"status": all["statuses"].won.pk, "company": Company.objects.get().pk},
    ),
}
# Those that don't change the record itself are in tests/automations/outgoing, test_sequence_steps.py and the tests of waits.
OUTWARD = {"notify", "send_email", "webhook", "wait", "start_sequence", "stop_sequence"}


def test_every_action_has_a_case_or_a_file():
    assert STEPS.keys() == ACTIONS.keys() - OUTWARD


@pytest.mark.parametrize(("action", "values", "made"), STEPS.values(), ids=STEPS.keys())
def test_a_step_does_what_its_verb_does_as_previewed_and_an_undo_reverts_it(
    action, values, made, ann, bob, old, tag, statuses, make_lead
):
    all_of_them = {"ann": ann, "bob": bob, "old": old, "tag": tag, "statuses": statuses}
    automation = make_automation("One", ann, (action, values(all_of_them)))
    lead = make_lead(owner=ann, tags=[old.pk], company="Novák s.r.o.", email="jan@example.cz")
    before = read_state(lead)
    [planned] = plan_steps(automation, [lead.pk], ann)
    assert (planned.changed, read_state(lead)) == ([lead.pk], before)
    work()
    assert read_state(lead) == before | made(all_of_them)
    result = revert_operation(written_by(automation)[0], by=ann)
    assert result.kept_count == 0
    assert read_state(lead) == before


# Today, the number of working days, and the day that the task is due.
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
DUE = {
    "on the same day": (FRIDAY, "0", FRIDAY),
    "on a Saturday, no day later": (SATURDAY, "0", MONDAY),
    "on a Saturday, one day later": (SATURDAY, "1", MONDAY),
    "on a Friday, one day later": (FRIDAY, "1", MONDAY),
    "over a weekend": (FRIDAY, "3", date(2026, 11, 25)),
}


@pytest.mark.parametrize(("today", "days", "due"), DUE.values(), ids=DUE.keys())
def test_a_task_is_due_so_many_working_days_later(today, days, due, ann, make_lead, monkeypatch):
    monkeypatch.setattr("automations.definition.action_forms.timezone.localdate", lambda **_told: today)
    make_automation("One", ann, ("add_task", {"title": "Call", "days": days, "user": ""}))
    make_lead(owner=ann)
    work()
    assert Task.objects.get().due_on == due


def test_a_task_without_a_number_of_days_has_no_date(ann, make_lead):
    make_automation("One", ann, ("add_task", {"title": "Call", "days": "", "user": "none"}))
    make_lead(owner=ann)
    work()
    task = Task.objects.get()
    assert (task.due_on, task.user) == (None, None)


def test_people_are_notified_only_of_records_that_they_see(ann, bob, dan, make_lead):
    make_automation("One", ann, ("notify", {"people": [str(bob.pk), "owner"], "text": "Look"}))
    make_lead(owner=bob)
    make_lead(owner=ann)
    work()
    found = Notification.objects.filter(kind="automation_acted")
    told = sorted((notice.user_id, notice.parameters["count"]) for notice in found)
    # Bob sees only his own leads and unassigned ones.
    assert told == sorted([(bob.pk, 1), (ann.pk, 1)])


def test_an_automation_of_companies_and_of_requests_uses_their_own_actions(ann, make_company):
    automation = make_automation(
        "One",
        ann,
        ("set", {"field": "city", "value": "Brno"}),
        ("add_note", {"text": "New"}),
        table_of="company",
    )
    company = make_company()
    work()
    company.refresh_from_db()
    assert company.city == "Brno"
    assert written_by(automation)[0].table == "company"


def test_each_record_type_offers_what_it_can_do():
    offered = {name: [action.code for action in get_actions_for(kind)] for name, kind in KINDS.items()}
    everywhere = ["set", "assign", "add_task", "add_note", "tag", "untag", "notify", "webhook", "wait"]
    some = {"move", "convert", "send_email", "start_sequence", "stop_sequence"}
    assert {
        name: [code for code in codes if code not in some] for name, codes in offered.items()
    } == dict.fromkeys(["lead", "company", "contact", "deal", "request"], everywhere)
    assert [name for name, codes in offered.items() if "move" in codes] == ["lead", "deal", "request"]
    assert [name for name, codes in offered.items() if "convert" in codes] == ["lead"]
    assert [name for name, codes in offered.items() if "send_email" in codes] == [
        "lead",
        "contact",
        "request",
    ]
    with_status = [
        name
        for name, kind in KINDS.items()
        if "status_entered" in [one.code for one in get_triggers_for(kind)]
    ]
    assert with_status == ["lead", "deal", "request"]


def test_a_form_gives_back_the_values_that_it_was_sent(ann, tag, old):
    kind = KINDS["lead"]
    for action, values in (
        ("tag", {"tags": [str(tag.pk), str(old.pk)]}),
        ("set", {"field": "city", "value": "Brno"}),
        ("add_task", {"title": "Call", "days": "2", "user": "", "type": "call"}),
    ):
        form = ACTIONS[action].build_form(kind, values, ann)
        assert form.is_valid(), form.errors
        assert get_sent_values(form) == values
