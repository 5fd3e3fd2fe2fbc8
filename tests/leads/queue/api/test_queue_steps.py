"""API v2 records outcomes and skips as the page of the queue does: the same changes, operations and refusals."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Operation, Task
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, QueueHold, QueueStep, Status
from leads.verbs import Edit
from tests.api.conftest import umbra
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page
from tests.examples import one_in
from tests.leads.queue.queueing import PAGE, TODAY, day, everything, seen

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
QUEUE = "/api/v2/queue"
TABLES = (Lead, Task, Activity, QueueStep)
LATER = "2099-01-05"


def get_error_forms(context):
    """The outcome's form, or that of what its status asks for."""
    page = context["page"]
    return page.asked if page.asked and page.asked.errors else page.form


# The status of the lead, what the page sends beside the outcome, and what a program sends.
OUTCOMES = {
    "reached": ("contacted", {}, {}),
    "reached with a note": ("contacted", {"outcome": "reached", "note": "Wants pumps"}, {"outcome": "reached", "note": "Wants pumps"}),
    "reached and the next call": (
        "contacted",
        {"outcome": "reached", "when": "pick", "day": LATER, "at": "14:30"},
        {"outcome": "reached", "day": LATER, "at": "14:30"},
    ),
    "a time without a day": (
        "contacted",
        {"outcome": "reached", "when": "pick", "at": "14:30"},
        {"outcome": "reached", "at": "14:30"},
    ),
    "a day that has passed": (
        "contacted",
        {"outcome": "reached", "when": "pick", "day": "2020-01-01"},
        {"outcome": "reached", "day": "2020-01-01"},
    ),
    "no_answer": ("contacted", {}, {}),
    "wrong_number": ("contacted", {}, {}),
    "tomorrow": ("contacted", {}, {}),
    "qualified": ("contacted", {}, {}),
    "a new lead that was reached": ("new", {"outcome": "reached"}, {"outcome": "reached"}),
    "next_week": ("qualified", {}, {}),
    "proposal": ("qualified", {}, {}),
    "won": ("proposal", {}, {}),
    "done": ("won", {}, {}),
    "lost because": (
        "contacted",
        {"outcome": "lost", "filled": "lost", "lost_reason": "{budget}", "lost_remark": "Too dear"},
        {"outcome": "lost", "values": {"lost_reason": "{budget}", "lost_remark": "Too dear"}},
    ),
    "lost without a reason": ("contacted", {"outcome": "lost", "filled": "lost"}, {"outcome": "lost"}),
}  # fmt: skip


@pytest.fixture
def make_waiting(make_lead, make_task, bob):
    def make(status: str) -> Lead:
        lead = make_lead("Jan Novák", owner=bob, status=status)
        make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))
        return lead

    return make


def fill(sent: dict, reasons) -> dict:
    """With the id of the reason in the place of its word."""
    filled = {name: reasons.budget.pk if value == "{budget}" else value for name, value in sent.items()}
    return filled | ({"values": fill(sent["values"], reasons)} if "values" in sent else {})


@pytest.mark.parametrize("case", one_in(3, OUTCOMES))
def test_an_outcome_is_recorded_as_on_the_page(case, make_waiting, bob, reasons, sign_in, umbra):
    status, by_hand, body = OUTCOMES[case]
    lead, browser = make_waiting(status), sign_in(bob)
    by_hand = {"outcome": case, "seen": seen(browser, lead), **fill(by_hand, reasons)}
    expected = carry_out_by_page(browser, f"{PAGE}/{lead.pk}/outcome", by_hand, TABLES, get_error_forms)
    body = {"outcome": case, **fill(body, reasons)}
    assert carry_out_by_call(umbra(bob), "POST", f"{QUEUE}/{lead.pk}/outcome", body, TABLES) == expected
    assert bool(expected.operations) is not bool(expected.refused)


@pytest.mark.parametrize("reason", ["later", "unknown", "colleague", "other"])
def test_a_lead_is_skipped_and_brought_back_as_on_the_page(reason, make_waiting, bob, sign_in, umbra):
    lead, browser, program = make_waiting("contacted"), sign_in(bob), umbra(bob)
    sent = {"seen": seen(browser, lead), "reason": reason}
    expected = carry_out_by_page(browser, f"{PAGE}/{lead.pk}/skip", sent, TABLES)
    assert (
        carry_out_by_call(program, "POST", f"{QUEUE}/{lead.pk}/skip", {"reason": reason}, TABLES) == expected
    )
    program.post(f"{QUEUE}/{lead.pk}/skip", {"reason": reason})
    expected = carry_out_by_page(browser, f"{PAGE}/skipped", {}, TABLES)
    assert carry_out_by_call(program, "POST", f"{QUEUE}/restore", {}, TABLES) == expected
    assert program.post(f"{QUEUE}/restore", {})["operation"]
    assert program.post(f"{QUEUE}/restore", {})["operation"] is None
    assert program.get(QUEUE)["waiting"] == 1


def test_what_a_status_requires_is_sent_in_values(make_waiting, make_field, bob, umbra):
    field = make_field("Budget", "number")
    with operation("test", by=None):
        Status.objects.filter(kind="qualified").update(required_fields=["city", field.name])
    lead, program = make_waiting("contacted"), umbra(bob)
    path = f"{QUEUE}/{lead.pk}"
    outcome = next(one for one in program.get(path)["outcomes"] if one["outcome"] == "qualified")
    assert outcome["asks"] == ["city", field.name]
    problem = program.post(f"{path}/outcome", {"outcome": "qualified"}, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == [
        "values.city",
        f"values.custom_fields.{field.name}",
    ]
    values = {"city": "Cluj", "custom_fields": {field.name: 12}}
    program.post(f"{path}/outcome", {"outcome": "qualified", "values": values})
    lead.refresh_from_db()
    assert (lead.city, lead.status.kind) == ("Cluj", "qualified")


# What is sent that this lead can't take, and what is named.
WRONG = {
    "an outcome of another category": ({"outcome": "won"}, "outcome"),
    "an unknown outcome": ({"outcome": "nonsense"}, "outcome"),
    "a value that isn’t asked for": ({"outcome": "lost", "values": {"city": "Cluj"}}, "values.city"),
    "a value without a status": ({"outcome": "reached", "values": {"city": "Cluj"}}, "values.city"),
    "a reason that there isn’t": (
        {"outcome": "lost", "values": {"lost_reason": 999_999}},
        "values.lost_reason",
    ),
    "a note that isn’t a text": ({"outcome": "reached", "note": ["x"]}, "note"),
    "a day that there isn’t": ({"outcome": "reached", "day": "2026-02-31"}, "day"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_named_and_writes_nothing(case, make_waiting, bob, umbra):
    sent, parameter = WRONG[case]
    lead = make_waiting("contacted")
    before = everything()
    problem = umbra(bob).post(f"{QUEUE}/{lead.pk}/outcome", sent, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == [parameter]
    assert everything() == before
    assert not Operation.objects.filter(kind="queue_outcome").exists()


@pytest.mark.parametrize("name", ["outcome", "skip"])
def test_a_lead_that_has_changed_since_it_was_seen_is_left_as_it_is(name, make_waiting, bob, umbra):
    lead, program = make_waiting("contacted"), umbra(bob)
    path, body = f"{QUEUE}/{lead.pk}", {"outcome": {"outcome": "reached"}, "skip": {}}[name]
    known = program.get(path)["seen"]
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=bob)
    problem = program.post(f"{path}/{name}", {**body, "seen": known}, expect=412)
    assert (problem["code"], problem["errors"][0]["parameter"]) == ("changed_since", "seen")
    known = program.get(path)["seen"]
    program.post(f"{path}/{name}", {**body, "seen": known})
    again = program.post(f"{path}/{name}", {**body, "seen": known}, expect=409)
    assert again["code"] == "already_done"
    assert QueueStep.objects.count() == 1


@pytest.mark.parametrize("name", ["outcome", "skip"])
def test_a_lead_of_someone_else_is_refused(name, make_lead, make_waiting, bob, ben, dan, umbra):
    body = {"outcome": {"outcome": "reached"}, "skip": {}}[name]
    own, shared, free = (
        make_waiting("contacted"),
        make_lead("S", owner=ben, shared=True),
        make_lead("F", owner=None),
    )
    problem = umbra(bob).post(f"{QUEUE}/{shared.pk}/{name}", body, expect=409)
    assert (problem["code"], problem["detail"]) == ("busy", "Ben has this lead now.")
    umbra(dan).post(f"{QUEUE}/{own.pk}/{name}", body, expect=404)
    umbra(bob, ["leads.get", "leads.post"]).post(f"{QUEUE}/{own.pk}/{name}", body, expect=403)
    later = timezone.now() + timedelta(minutes=5)
    QueueHold.objects.create(lead=free.pk, user=ben, until=later)
    problem = umbra(bob).post(f"{QUEUE}/{free.pk}/{name}", body, expect=409)
    assert (problem["code"], QueueStep.objects.count()) == ("busy", 0)


def test_an_unassigned_lead_becomes_the_users_with_its_outcome_and_one_undo_takes_all_of_it_back(
    make_lead, bob, umbra
):
    lead, program = make_lead("Free", owner=None), umbra(bob)
    program.post(f"{QUEUE}/claim", {})
    before = everything()
    done = program.post(f"{QUEUE}/{lead.pk}/outcome", {"outcome": "reached"})["operation"]
    lead.refresh_from_db()
    assert (lead.owner, Activity.objects.get().outcome) == (bob, "reached")
    program.post(f"/api/v2/operations/{done}/undo", {})
    assert everything() == before


def test_claiming_and_bringing_back_take_the_right_to_change_leads(make_lead, bob, umbra):
    make_lead("Free", owner=None)
    for name in ("claim", "restore"):
        umbra(bob, ["leads.get", "leads.post"]).post(f"{QUEUE}/{name}", {}, expect=403)
        umbra(bob).post(f"{QUEUE}/{name}", {"user": 1}, expect=422)
    assert not QueueHold.objects.exists()
