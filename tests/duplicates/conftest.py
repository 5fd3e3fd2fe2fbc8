"""A scan, and what a user sees of it."""

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Deal
from duplicates.comparison import build_comparisons
from duplicates.duplicate_groups import GroupFilter, read_group_page
from duplicates.merging.merge_verb import Merge, MergeGroup
from duplicates.scanning.scan import run_scan


@pytest.fixture
def scanned(db):
    """scanned(): runs a scan; scanned(ann) returns the names in each group that this user then sees."""

    def run(user=None, *, again: bool = True, **chosen):
        if again:
            run_scan(lambda done, total: None)
        return groups_of(user, **chosen) if user else None

    return run


@pytest.fixture
def make_deal(departments, statuses):
    """make_deal("200 licenses", lead=…)"""

    def make(name: str = "200 licenses", **values) -> Deal:
        with operation("test", by=None):
            own = {"department": departments.sales, "status": statuses.qualification}
            return Deal.objects.create(name=name, **{**own, **values})

    return make


@pytest.fixture
def in_operation(db):
    """with in_operation: writes are recorded."""
    return operation("test", by=None)


@pytest.fixture
def in_trash(db):
    """in_trash(record) moves it there."""

    def move(record) -> None:
        with operation("test", by=None):
            type(record).objects.filter(pk=record.pk).update(deleted_at=timezone.now())

    return move


def groups_of(user, **chosen) -> list[list[str]]:
    page = read_group_page(user, GroupFilter(**chosen), None)
    return [[str(line.record) for line in group.lines] for group in build_comparisons(page.groups, user)]


def merge(user, survivor: int, merged, *, table: str = "lead", versions=None, **chosen):
    """Merge these records as a page does; returns the outcome."""
    verb = Merge(table, (MergeGroup(survivor, tuple(merged), chosen),), versions or {})
    rows = KINDS[table].model.objects.present().changeable_by(user)
    return carry_out(verb, rows, by=user, wanted=[survivor, *merged])
