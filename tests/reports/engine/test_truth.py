"""Reports against a slow, plain reference, on random histories."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.engine.progress_derivation import find_wrong_leads, store_progress_of_changes
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from reports.models import ChangedLead, CurrentProgress, LeadProgress
from tests.examples import TIMES
from tests.reports.engine.histories import HISTORIES, History
from tests.reports.engine.measured import OF_LEADS
from tests.reports.engine.reference import COUNTS, HOW, PER, RATES, Reference

KNOWN = {*COUNTS, *HOW, *PER, *RATES, "costs", "return"}
ZONES = ["Europe/Bucharest", "America/Havana"]
PERIODS = [
    "period=all",
    "period=last90",
    "period=between&from=2026-03-29&to=2026-03-29",
    "period=between&from=2026-10-25&to=2026-10-25",
    "period=between&from=2026-11-01&to=2026-11-01",
    "period=between&from=2026-03-08&to=2026-10-24",
    "period=between&from=2025-12-31&to=2026-10-31",
]
DIMENSIONS = [
    *(
        "source",
        "owner",
        "department",
        "status",
        "kind",
        "path",
        "lost_reason",
        "country",
        "city",
        "currency",
    ),
    *("vip", "created_by", "day", "week", "month", "quarter", "year"),
]
GROUPS = st.lists(st.sampled_from(DIMENSIONS), min_size=0, max_size=2, unique=True)
ASKED = st.lists(st.tuples(GROUPS, st.sampled_from(PERIODS)), min_size=3, max_size=3)


def test_the_reference_knows_every_measure():
    assert set(OF_LEADS) == KNOWN


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and abs(float(one) - float(other)) < 1e-6
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= Decimal("1e-9") * max(abs(one), 1)
    return one == other


def reported(viewer: Any, by: list[str], basis: str, period: str) -> tuple[Any, dict]:
    query = QueryDict("&".join([period, f"basis={basis}", *(f"by={name}" for name in by)]))
    question = replace(parse_question(query, viewer), measures=tuple(OF_LEADS.values()))
    assert question.problems == []
    found = get_answer(question, viewer)
    groups = {group.keys: group for group in found.groups} | {(): found.total}
    return question.period, {
        keys: {measure.name: group.get_value(measure) for measure in question.measures}
        for keys, group in groups.items()
    }


def compare(viewer: Any, asked: list) -> None:
    for zone in ZONES:
        with timezone.override(zone):
            reference = Reference(viewer, zone)
            for by, query in asked:
                for basis in ("added", "happened"):
                    period, found = reported(viewer, by, basis, query)
                    expected = reference.groups(OF_LEADS, by, basis, period.first, period.last)
                    for keys in {*found, *expected}:
                        check(keys, found.get(keys), expected.get(keys), (zone, by, query, basis))
                compare_stuck(viewer, reference, by, query)


def check(keys: tuple, found: dict | None, expected: dict | None, where: tuple) -> None:
    """A group without anything may be shown or not."""
    for name in OF_LEADS:
        one, other = (values[name] if values else None for values in (found, expected))
        if found is None or expected is None:
            assert not any((one, other)), (where, keys, name, one, other)
        else:
            assert same(one, other), (where, keys, name, one, other)


def compare_stuck(viewer: Any, reference: Reference, by: list[str], query: str) -> None:
    """Categories and pipelines are those of the status of then, which the reference doesn't look up."""
    if {"kind", "pipeline"} & {*by}:
        return
    question = parse_question(
        QueryDict("&".join([query, "measure=stuck", *(f"by={name}" for name in by)])), viewer
    )
    found = get_answer(question, viewer)
    assert found.problems == []
    numbers = {group.keys: group.get_count("stuck") for group in [*found.groups, found.total]}
    expected = reference.stuck(by, question.period.first, question.period.last)
    where = (reference.zone, by, query, viewer)
    assert {key: number for key, number in numbers.items() if number} == {
        key: number for key, number in expected.items() if number
    }, where


def rows_of(model: Any) -> list[dict]:
    return list(model.objects.order_by("pk").values())


def derive_all_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE reports_leadprogress")
        cursor.execute("INSERT INTO reports_changedlead (lead) SELECT id FROM leads_lead")
    store_progress_of_changes()


def told_and_compared(cast: Any, departments: Any, steps: list, asked: list) -> None:
    with transaction.atomic():
        History(cast, departments).carry_out(steps)
        for viewer in (cast.ada, cast.ann):
            compare(viewer, asked)
        live = rows_of(CurrentProgress)
        store_progress_of_changes()
        assert not ChangedLead.objects.exists()
        assert find_wrong_leads() == []
        assert rows_of(LeadProgress) == rows_of(CurrentProgress) == live
        derive_all_again()
        assert rows_of(LeadProgress) == live
        transaction.set_rollback(True)


# Making a failing history smaller takes minutes.
PHASES = [Phase.explicit, Phase.generate]
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=5 * TIMES, deadline=None, suppress_health_check=QUIET, derandomize=True, phases=PHASES)
@given(steps=HISTORIES, asked=ASKED)
@pytest.mark.hard
def test_reports_say_what_the_recorded_rows_say(cast, departments, steps, asked):
    told_and_compared(cast, departments, steps, asked)


# Each part is well within the time that a test may take, on a slow machine too.
@pytest.mark.nightly
@pytest.mark.parametrize("part", range(4 * TIMES))
@settings(max_examples=15, deadline=None, suppress_health_check=QUIET, phases=PHASES)
@given(steps=HISTORIES, asked=ASKED)
def test_reports_say_what_the_recorded_rows_say_in_many_histories(cast, departments, steps, asked, part):
    told_and_compared(cast, departments, steps, asked)
