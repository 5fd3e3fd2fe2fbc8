"""What a deal needs to be won, and which stages of its path count as done."""

from typing import Any, NamedTuple

import pytest
from django.db import connection

from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from customers.deals.verbs import Move
from customers.models import Deal
from leads.models import Pipeline
from leads.page.status_path import get_status_path
from leads.settings.forms.pipelines import build_initial_statuses
from leads.statuses import status_contract
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]
STAGES = ("qualification", "deal_proposal", "negotiation", "deal_won")


class Win(NamedTuple):
    """`requires` are the required fields of the won stage, None as it is delivered."""

    value: Any
    lacks: tuple[str, ...] = ()
    requires: tuple[str, ...] | None = None
    stage: str = "deal_won"


WINS = {
    "a deal with an amount is won": Win(500),
    "a deal without an amount isn't won": Win(None, ("value",)),
    "an amount of zero is an amount": Win(0),
    "the pipeline allows deals to be won without an amount": Win(None, requires=()),
    "a deal without an amount enters an open stage": Win(None, stage="negotiation"),
    "a deal without an amount is lost, for which only a reason is missing": Win(
        None, ("lost_reason",), stage="deal_lost"
    ),
}


@pytest.mark.parametrize("case", WINS.values(), ids=WINS.keys())
def test_what_a_deal_needs_to_be_won(case, statuses):
    stage = getattr(statuses, case.stage)
    if case.requires is not None:
        stage.required_fields = list(case.requires)
    assert tuple(status_contract.get_missing_fields(stage, {"value": case.value}, Deal)) == case.lacks


@pytest.mark.parametrize(("purpose", "required"), [("deals", ["value"]), ("leads", [])])
def test_what_the_won_stage_of_a_new_pipeline_requires(purpose, required, db):
    stages = build_initial_statuses(Pipeline(name="New", purpose=purpose), None)
    assert {stage.kind: stage.required_fields for stage in stages} == {"new": [], "won": required, "lost": []}


class Path(NamedTuple):
    """The stages of a deal in the order in which it was there, with "undo" for what was done last, "undo first" for the first
    move, and "database" before a stage to which it was moved outside Leadwell. `done` are those before the present one that
    have a check."""

    stages: tuple[str, ...]
    done: tuple[str, ...]


PATHS = {
    "a new deal": Path(("qualification",), ()),
    "a deal that was added in a later stage": Path(("negotiation",), ()),
    "one stage after the other": Path(STAGES, STAGES[:3]),
    "two stages are skipped": Path(("qualification", "deal_won"), ("qualification",)),
    "one stage is skipped": Path(("qualification", "negotiation"), ("qualification",)),
    "a deal that went back": Path(("negotiation", "qualification"), ()),
    "a deal that went back and on": Path(
        ("qualification", "deal_proposal", "qualification", "negotiation"), ("qualification", "deal_proposal")
    ),
    "a move that was undone": Path(
        ("qualification", "deal_proposal", "undo", "negotiation"), ("qualification",)
    ),
    "an undo that was undone": Path(("qualification", "deal_proposal", "undo", "undo"), ("qualification",)),
    "an undo that was undone, and then the deal moved on": Path(
        ("qualification", "deal_proposal", "undo", "undo", "negotiation"), ("qualification", "deal_proposal")
    ),
    "undone three times": Path(
        ("qualification", "deal_proposal", "undo", "undo", "undo", "negotiation"), ("qualification",)
    ),
    "undone four times": Path(
        ("qualification", "deal_proposal", "undo", "undo", "undo", "undo", "negotiation"),
        ("qualification", "deal_proposal"),
    ),
    "the undo of a move that the deal had left was refused for it": Path(
        ("qualification", "deal_proposal", "negotiation", "undo first"), ("qualification", "deal_proposal")
    ),
    "a move outside Leadwell": Path(
        ("qualification", "database deal_proposal", "negotiation"), ("qualification", "deal_proposal")
    ),
}


def write_outside_leadwell(rows, **values) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL leadwell.strict = 'off'")
        rows.update(**values)
        cursor.execute("SET LOCAL leadwell.strict = 'on'")


@pytest.mark.parametrize("case", PATHS.values(), ids=PATHS.keys())
def test_which_stages_of_a_deal_are_done(case, make_deal, statuses, bob, ann):
    first, *others = case.stages
    deal = make_deal(owner=bob, value=500, status=getattr(statuses, first))
    done: list[Any] = []
    for stage in others:
        rows = Deal.objects.filter(pk=deal.pk)
        if stage.startswith("undo"):
            done.append(revert_operation(done[0 if stage == "undo first" else -1], by=ann).operation)
        elif stage.startswith("database "):
            write_outside_leadwell(rows, status=getattr(statuses, stage.removeprefix("database ")))
        else:
            done.append(carry_out(Move(getattr(statuses, stage)), rows, by=ann).operation)
    deal = Deal.objects.select_related("status__pipeline").get(pk=deal.pk)
    assert tuple(step.status.key for step in get_status_path(deal) if step.place == "done") == case.done
