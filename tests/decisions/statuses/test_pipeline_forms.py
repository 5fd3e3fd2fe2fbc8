"""Which pipelines and statuses records may move to, what a new pipeline copies, and where departments start."""

from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Pipeline, Status
from leads.settings.forms.pipelines import (
    NewPipelineForm,
    PipelineForm,
    build_initial_statuses,
    find_counterpart,
)

SALES, RENEWALS, OLD, DEALS, EXTENSIONS = "Sales", "Renewals", "Old", "Deals", "Extensions"
# The purpose of each pipeline, and whether it is retired. Each has New and Won, and Sales has a retired status too.
PIPELINES = {
    SALES: ("leads", False), RENEWALS: ("leads", False), OLD: ("leads", True),
    DEALS: ("deals", False), EXTENSIONS: ("deals", False),
}  # fmt: skip


@pytest.fixture
def pipelines(db):
    """The pipelines by name."""
    with operation("test", by=None):
        shipped = {pipeline.name: pipeline for pipeline in Pipeline.objects.all()}
        Status.objects.all().delete()
        Pipeline.objects.bulk_create(
            Pipeline(name=name, purpose=purpose, retired=retired, position=place)
            for place, (name, (purpose, retired)) in enumerate(PIPELINES.items())
            if name not in shipped
        )
        found = {pipeline.name: pipeline for pipeline in Pipeline.objects.all()}
        Status.objects.bulk_create(
            Status(pipeline=pipeline, name=name, kind=kind, position=place, retired=retired)
            for pipeline in found.values()
            for place, (name, kind, retired) in enumerate(
                [("New", "new", False), ("Won", "won", False), ("Former", "contacted", True)]
            )
            if pipeline.name == SALES or not retired
        )
    return found


def get_options(field: Any) -> Any:
    """The choices of a status as people read them: by pipeline if there are groups."""
    first, *choices = field.choices
    assert first == ("", "status in the same category")
    if any(isinstance(told, list) for _label, told in choices):
        return {str(label): [str(name) for _pk, name in told] for label, told in choices}
    return [str(name) for _pk, name in choices]


class Offer(NamedTuple):
    """The pipeline that records leave, and what is offered: pipelines, and for each old status its replacements."""

    leaving: str | None
    pipelines: list[str]
    labels: list[str]
    replacements: list[Any]


NEW_AND_WON = ["New", "Won"]
OFFERS = {
    "leads of any pipeline": Offer(
        None,
        [SALES, RENEWALS],
        [
            "Sales: New",
            "Sales: Won",
            "Sales: Former",
            "Renewals: New",
            "Renewals: Won",
            "Old: New",
            "Old: Won",
        ],
        # To the statuses in use of each other pipeline in use.
        [NEW_AND_WON] * 5 + [{SALES: NEW_AND_WON, RENEWALS: NEW_AND_WON}] * 2,
    ),
    "a pipeline of leads that is retired": Offer(
        SALES, [RENEWALS], ["New", "Won", "Former"], [NEW_AND_WON] * 3
    ),
    "a pipeline of deals that is retired": Offer(DEALS, [EXTENSIONS], NEW_AND_WON, [NEW_AND_WON] * 2),
}


@pytest.mark.parametrize("case", OFFERS.values(), ids=OFFERS)
def test_where_records_may_move(case, pipelines, ada):
    form = PipelineForm(user=ada, leaving=pipelines[case.leaving] if case.leaving else None)
    assert [pipeline.name for pipeline in form.fields["pipeline"].queryset] == case.pipelines
    fields = [field for name, field in form.fields.items() if name.startswith("from_")]
    assert [str(field.label) for field in fields] == case.labels
    assert [get_options(field) for field in fields] == case.replacements


class Move(NamedTuple):
    """Leads move into Renewals. `chosen` are statuses for old ones; `becomes` what each old status becomes, or the fields that
    have an error."""

    chosen: dict[str, str]
    becomes: dict[str, str] | None
    leaving: str | None = SALES
    into: str = RENEWALS


SAME = {"Sales: New": "Renewals: New", "Sales: Won": "Renewals: Won"}
MOVES = {
    "a status of the same category": Move({}, SAME),
    "another status is chosen": Move({"Sales: New": "Renewals: Won"}, SAME | {"Sales: New": "Renewals: Won"}),
    "a status without one of its category": Move(
        {"Sales: Former": "Renewals: New"}, SAME | {"Sales: Former": "Renewals: New"}
    ),
    "leads of every pipeline: those in it stay": Move(
        {}, SAME | {"Old: New": "Renewals: New", "Old: Won": "Renewals: Won"}, leaving=None
    ),
    "a status of a third pipeline is chosen": Move({"Old: New": "Sales: Won"}, None, leaving=None),
    "a pipeline for deals is chosen": Move({}, None, into=DEALS),
    "the pipeline that they leave is chosen": Move({}, None, into=SALES),
}


@pytest.mark.parametrize("case", MOVES.values(), ids=MOVES)
def test_which_status_replaces_which(case, pipelines, ada):
    statuses = {f"{status.pipeline.name}: {status.name}": status for status in Status.objects.all()}
    chosen = {f"from_{statuses[old].pk}": statuses[new].pk for old, new in case.chosen.items()}
    form = PipelineForm(
        {"pipeline": pipelines[case.into].pk, **chosen},
        user=ada,
        leaving=pipelines[case.leaving] if case.leaving else None,
    )
    assert form.is_valid() is (case.becomes is not None)
    if case.becomes is None:
        assert list(form.errors) == ([*chosen] or ["pipeline"])
    else:
        names = {status.pk: name for name, status in statuses.items()}
        assert {names[old.pk]: names[new.pk] for old, new in form.cleaned_data["mapping"]} == case.becomes


# Of the statuses of a pipeline, each with its category: the one that leads of a status of this category get.
FIRST, TALKING, DONE, GONE = (
    Status(pk=pk, kind=kind, is_default=pk == 2)
    for pk, kind in enumerate(["new", "contacted", "won", "lost"], 1)
)
COUNTERPARTS = {
    "the same category": ("new", [FIRST, TALKING], FIRST),
    "the first of two with the same category": ("won", [FIRST, DONE, Status(pk=9, kind="won")], DONE),
    "an open one without the same category gets the one for new leads": ("qualified", [FIRST, TALKING, DONE], TALKING),
    "an open one, if none is for new leads": ("qualified", [FIRST, DONE], None),
    "a closed one without the same category": ("disqualified", [FIRST, TALKING, GONE], None),
    "no status at all": ("new", [], None),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "targets", "found"), COUNTERPARTS.values(), ids=COUNTERPARTS)
def test_the_status_that_replaces_one_if_none_is_chosen(kind, targets, found):
    assert find_counterpart(Status(kind=kind), targets) is found


class Copy(NamedTuple):
    """What a new pipeline is for, which one it copies, and the statuses that it has; None if it isn't added."""

    purpose: str
    copied: str
    statuses: list[str] | None


COPIES = {
    "a pipeline of leads": Copy("leads", "", ["New", "Won", "Lost"]),
    "a pipeline of deals": Copy("deals", "", ["New", "Won", "Lost"]),
    "a pipeline is of leads unless it says otherwise": Copy("", "", ["New", "Won", "Lost"]),
    "a copy, without retired statuses": Copy("leads", SALES, NEW_AND_WON),
    "a copy that says no purpose": Copy("", SALES, NEW_AND_WON),
    "a copy for deals": Copy("deals", DEALS, NEW_AND_WON),
    "a pipeline of leads that copies one of deals": Copy("leads", DEALS, None),
    "a pipeline of deals that copies one of leads": Copy("deals", SALES, None),
    "a pipeline that says no purpose and copies one of deals": Copy("", DEALS, None),
    "a copy of a retired one": Copy("leads", OLD, None),
}


@pytest.mark.parametrize("case", COPIES.values(), ids=COPIES)
def test_a_new_pipeline(case, pipelines, ada):
    positions = dict(Pipeline.objects.values_list("pk", "position"))
    copied = pipelines[case.copied].pk if case.copied else ""
    form = NewPipelineForm({"name": "Fairs", "purpose": case.purpose, "copy_of": copied})
    assert form.is_valid() is (case.statuses is not None)
    if case.statuses is None:
        assert list(form.errors) == ["copy_of"]
        return
    form.write(ada)
    made = Pipeline.objects.get(name="Fairs")
    assert made.purpose == (case.purpose or "leads")
    rows = list(Status.objects.of_pipeline(made.pk).in_order())
    assert [(status.name, status.position) for status in rows] == [
        (name, place) for place, name in enumerate(case.statuses)
    ]
    # It comes after the others, which stay where they are.
    assert dict(Pipeline.objects.values_list("pk", "position")) == positions | {made.pk: len(positions) + 1}


# The departments that start in Sales, Renewals and Deals, before and after Renewals is made the default for some.
DEFAULTS = {
    "a department without a pipeline": ([[1], [], [1]], [2], [[1], [2], [1]]),
    "a department of another pipeline": ([[1, 2], [], [1]], [1], [[2], [1], [1]]),
    "a department that was its own": ([[1], [2], []], [], [[1], [], []]),
    "two departments, in the order of their numbers": ([[], [], []], [2, 1], [[], [1, 2], []]),
}


@pytest.mark.parametrize(("before", "chosen", "after"), DEFAULTS.values(), ids=DEFAULTS)
def test_each_department_starts_in_one_pipeline_of_each_purpose(
    before, chosen, after, pipelines, departments, ada
):
    ids = dict(zip((1, 2), sorted((departments.sales.pk, departments.export.pk)), strict=True))
    names = (SALES, RENEWALS, DEALS)
    with operation("test", by=None):
        for name, found in zip(names, before, strict=True):
            Pipeline.objects.filter(name=name).update(departments=[ids[one] for one in found])
    renewals = Pipeline.objects.get(name=RENEWALS)
    values = {"name": RENEWALS, "departments": [ids[one] for one in chosen], "version": renewals.version}
    form = NewPipelineForm(values, instance=renewals)
    assert form.is_valid()
    form.write(ada)
    found = dict(Pipeline.objects.values_list("name", "departments"))
    assert [found[name] for name in names] == [[ids[one] for one in each] for each in after]


INITIAL = {
    "leads": [
        ("New", "new", None, True, []),
        ("Won", "won", None, False, []),
        ("Lost", "lost", None, False, []),
    ],
    "deals": [
        ("New", "new", 10, True, []),
        ("Won", "won", 100, False, ["value"]),
        ("Lost", "lost", 0, False, []),
    ],
}


@pytest.mark.parametrize(("purpose", "statuses"), INITIAL.items(), ids=INITIAL)
def test_the_statuses_of_a_pipeline_that_copies_none(purpose, statuses, db):
    made = build_initial_statuses(Pipeline(name="Fairs", purpose=purpose), None)
    assert [
        (status.name, status.kind, status.probability, status.is_default, status.required_fields)
        for status in made
    ] == statuses
    assert [status.position for status in made] == [0, 1, 2]


def test_a_copied_status_has_the_rules_of_the_other_but_not_its_key(pipelines):
    with operation("test", by=None):
        Status.objects.filter(pipeline=pipelines[SALES], name="New").update(
            key="new", most_days=5, hue=90, required_fields=["email"], position=7, is_default=True
        )
    fairs = Pipeline(name="Fairs", purpose="leads")
    made = {status.name: status for status in build_initial_statuses(fairs, pipelines[SALES])}
    copied = made["New"]
    assert (copied.pk, copied.key, copied.version, copied.position) == (None, "", 1, 1)
    assert (copied.most_days, copied.hue, copied.required_fields, copied.is_default) == (
        5,
        90,
        ["email"],
        True,
    )
    assert all(status.pipeline is fairs and status._state.adding for status in made.values())
