"""Which changes of an automation's day an undo carries out, in how many rounds, and what the whole change counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from automations.day_undo import day_reversal
from automations.day_undo.day_reversal import (
    JOB,
    UndoDay,
    needs_job,
    run_day_job,
    start_day_job,
    undo_operations,
)
from automations.models import Automation, AutomationRun
from automations.verbs import RunAutomation
from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, PartDone
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 31)
BEGIN = datetime(2026, 5, 31, tzinfo=UTC)
END = BEGIN + timedelta(days=1)


@pytest.fixture
def automation(ada) -> Automation:
    make_automation("Another", ada)
    return make_automation("Cluj", ada)


@pytest.fixture
def act(automation, ada, lead_of, monkeypatch):
    """act("+-+"): as many changes by the automation, the oldest first. Those with a minus can't be undone, because they sent an email."""

    def describe(cls, record: Operation) -> str:
        return "An email that has been sent can’t be unsent." if record.parameters.get("sent") else ""

    monkeypatch.setattr(RunAutomation, "describe_finality", classmethod(describe))

    def acted(changes: str) -> list[Operation]:
        made = []
        for number, change in enumerate(changes):
            with operation("test", by=None):
                lead = lead_of(f"Lead {number}")
                lead.save(force_insert=True)
            values = {"automation": automation.pk, "sent": change == "-"}
            with operation(
                RunAutomation.kind, by=ada, table="lead", parameters=values, matched=2, changed=1
            ) as record:
                Lead.objects.filter(pk=lead.pk).update(city=f"City {number}")
            AutomationRun.objects.create(
                automation=automation,
                waking=record.pk,
                record=lead.pk,
                at=BEGIN + timedelta(minutes=number),
                outcome="acted",
                written=record.pk,
            )
            made.append(record)
        return made

    return acted


def read_changed() -> list[int]:
    """The numbers of the changes that are still there."""
    cities = Lead.objects.exclude(city="").order_by("pk").values_list("city", flat=True)
    return [int(city.removeprefix("City ")) for city in cities]


# The changes, the oldest first, those that stay, and how many are undone in each round of at most two.
DAYS: dict[str, tuple[str, list[int], list[int]]] = {
    "several rounds": ("+++++", [], [2, 2, 1, 0]),
    "those that can't are between the rounds": ("++--++", [2, 3], [2, 2, 0]),
    "all can be undone": ("+++", [], [2, 1, 0]),
    "as many as in one round": ("++", [], [2, 0]),
    "the oldest one can't": ("-++", [0], [2, 0]),
    "the newest one can't": ("++-", [2], [2, 0]),
    "the newest ones can't, as many as in a round": ("+--", [1, 2], [1, 0]),
    "the newest ones can't, more than in a round": ("+++----", [3, 4, 5, 6], [2, 1, 0]),
    "those between can't": ("+---+", [1, 2, 3], [2, 0]),
    "every other one can't": ("-+-+-+-", [0, 2, 4, 6], [2, 1, 0]),
}


@pytest.mark.parametrize(("changes", "stay", "rounds"), DAYS.values(), ids=DAYS)
def test_which_changes_a_job_undoes(changes, stay, rounds, automation, act, ada, monkeypatch):
    monkeypatch.setattr(day_reversal, "OPERATIONS_AT_ONCE", 2)
    made = act(changes)
    arguments = {
        "automation": automation.pk,
        "day": "2026-05-31",
        "begin": BEGIN.isoformat(),
        "end": END.isoformat(),
    }
    job = Job(kind=JOB, user=ada, arguments=arguments)
    undone, progress, before = [], [], 0
    for number, _some in enumerate(rounds, 1):
        done = run_day_job(job, lambda done, total: progress.append((done, total)))
        assert isinstance(done, PartDone) is (number < len(rounds))
        undone.append(job.operation.part_count - before)
        before = job.operation.part_count
    assert (undone, read_changed()) == (rounds, stay)
    whole = Operation.objects.get(kind=UndoDay.kind)
    assert job.operation == whole
    parts = whole.parts.order_by("part").values_list("undoes", "part")
    expected = [one.pk for number, one in reversed([*enumerate(made)]) if number not in stay]
    assert list(parts) == [(pk, place) for place, pk in enumerate(expected)]
    assert (whole.part_count, whole.changed, whole.matched) == (len(expected),) * 3
    assert (whole.channel, whole.by, whole.table) == ("bulk", ada, "lead")
    # Only what is older than the last one that was undone is left.
    numbers = [number for number in reversed(range(len(changes))) if number not in stay]
    totals = [sum(rounds[:place]) for place in range(len(rounds))]
    left = [numbers[total - 1] if total else len(changes) for total in totals]
    assert progress == [(total, total + more) for total, more in zip(totals, left, strict=True)]


# The changes, at most how many are undone, and those that stay.
SOME: dict[str, tuple[str, int | None, list[int]]] = {
    "without a limit": ("+++", None, []),
    "one": ("+++", 1, [0, 1]),
    "two that can be undone": ("++-+", 2, [0, 2]),
    "more than there are": ("++", 3, []),
}


@pytest.mark.parametrize(("changes", "most", "stay"), SOME.values(), ids=SOME)
def test_the_newest_ones_are_undone_first(changes, most, stay, automation, act, ada):
    made = act(changes)
    whole = undo_operations(made[::-1], automation, DAY, by=ada, most=most)
    assert (whole.part_count, whole.channel) == (len(changes) - len(stay), "web")
    assert whole.parameters == {"automation": automation.pk, "day": "2026-05-31"}
    assert read_changed() == stay


def test_nothing_that_can_be_undone_leaves_no_change(automation, act, ada):
    made = act("--")
    assert undo_operations(made, automation, DAY, by=ada) is None
    assert undo_operations([], automation, DAY, by=ada) is None
    assert not Operation.objects.filter(kind=UndoDay.kind).exists()
    assert read_changed() == [0, 1]


def make_job(user: Any, automation: Automation, **values: Any) -> Job:
    times = {"begin": BEGIN.isoformat(), "end": END.isoformat()}
    return Job(
        kind=JOB, user=user, arguments={"automation": automation.pk, "day": "2026-05-31", **times}, **values
    )


GONE = "The automation no longer exists. What was undone so far stays undone."
NONE = "None of these changes can be undone by you now."


def test_a_job_ends_with_the_automation_the_right_to_it_and_the_last_change(
    automation, act, ada, someone_with
):
    act("-")

    def get_problem(job: Job) -> str:
        with pytest.raises(JobProblem) as told:
            run_day_job(job, lambda done, total: None)
        return str(told.value)

    assert get_problem(make_job(ada, automation)) == NONE
    # Another day.
    job = make_job(ada, automation)
    job.arguments |= {"begin": END.isoformat(), "end": (END + timedelta(days=1)).isoformat()}
    assert get_problem(job) == NONE
    assert get_problem(make_job(someone_with("view_lead"), automation)) == GONE
    with operation("test", by=None):
        Automation.objects.filter(pk=automation.pk).update(retired=True)
    assert get_problem(make_job(ada, automation)) == GONE


# How many operations there are, how many records each changed, and whether that is a job.
SIZES = {
    "fifty of one record": (50, 1, False),
    "one more": (51, 1, True),
    "as many records as in one step": (2, 500, False),
    "one record more": (3, 334, True),
    "none": (0, 0, False),
}


@pytest.mark.parametrize(("operations", "records", "job"), SIZES.values(), ids=SIZES)
def test_how_many_changes_are_a_job(operations, records, job, monkeypatch):
    monkeypatch.setattr(day_reversal, "ROWS_AT_ONCE", 1_000)
    assert needs_job([Operation(changed=records) for _number in range(operations)]) is job


def test_a_day_is_undone_by_one_job_of_a_user(automation, act, ada, ann):
    act("++-")
    job = start_day_job(automation, DAY, BEGIN, END, ada)
    assert (job.total, job.user) == (3, ada)
    assert start_day_job(automation, DAY, BEGIN, END, ada) == job
    assert start_day_job(automation, DAY, BEGIN, END, ann) != job
    assert start_day_job(automation, DAY - timedelta(days=1), BEGIN, END, ada) != job


def test_what_the_undo_of_a_day_is_called(automation):
    words = "Undo what “{}” did on 31 May 2026"
    make_automation("First", automation.owner, pk=1)
    parameters = {"automation": automation.pk, "day": "2026-05-31"}
    assert UndoDay.get_label(parameters, None) == words.format("Cluj")
    assert UndoDay.get_label({"day": "2026-05-31"}, None) == words.format("(deleted)")
    assert day_reversal._describe_job(parameters) == words.format("Cluj")
    assert day_reversal._describe_job({}) == ""


# The counts of the whole change and of a part, and those of the whole change with this part.
COUNTS = {
    "the first part": ((0, 0, 0, None), (3, 2, 1, 40), (3, 2, 1, 40)),
    "a further part": ((3, 2, 1, 40), (5, 5, 0, 7), (8, 7, 1, 47)),
    "a part whose time isn't known": ((3, 2, 1, 40), (1, 1, 0, None), (4, 3, 1, 40)),
}


@pytest.mark.parametrize(("before", "part", "after"), COUNTS.values(), ids=COUNTS)
def test_a_whole_change_counts_its_parts(before, part, after):
    names = ("matched", "changed", "refused", "milliseconds")
    whole = Operation.objects.create(kind=UndoDay.kind, **dict(zip(names, before, strict=True)))
    day_reversal._add_part(whole, Operation(**dict(zip(names, part, strict=True))), 2)
    assert Operation.objects.values_list("part_count", *names).get(pk=whole.pk) == (2, *after)
