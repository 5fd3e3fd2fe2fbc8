"""Who opens an import, where it goes on, how fast it is, and what its file is called."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from crm.models import Import
from crm.transfer.imports.import_access import (
    describe_file,
    estimate_pace,
    get_own_import,
    get_redirect_to_required_page,
    get_visible_import,
)

IMPORTS, SEES_ALL = ("leads.view_lead", "leads.add_lead", "leads.import_lead"), "crm.view_import"

# Seconds since the start, rows done and all rows: rows per second and seconds left.
PACES: dict[str, tuple[float | None, int, int, dict[str, int]]] = {
    "it hasn't begun": (None, 0, 100, {}),
    "it begins again": (None, 50, 100, {}),
    "no row is done": (10, 0, 100, {}),
    "less than a second": (0.9, 50, 100, {}),
    "a second": (1, 50, 100, {"rate": 50, "left": 1}),
    "half of it": (10, 50, 100, {"rate": 5, "left": 10}),
    "a quarter of it": (10, 50, 200, {"rate": 5, "left": 30}),
    "all but one row": (100, 99_999, 100_000, {"rate": 1000, "left": 1}),
    "all rows": (10, 100, 100, {}),
    "more rows than were expected": (10, 101, 100, {}),
}


@pytest.mark.parametrize("case", PACES.values(), ids=PACES)
def test_how_fast_a_job_is_and_how_long_it_takes(case, stopped_clock):
    seconds, done, total, expected = case
    begun = None if seconds is None else stopped_clock - timedelta(seconds=seconds)
    assert estimate_pace(SimpleNamespace(started_at=begun, done=done, total=total)) == expected


READY: dict[str, Any] = {"has_unfinished_job": False, "state": "columns", "rows_kept": True}
STEPS = {
    "the step that is open": ({}, False),
    "a step that is over": ({"state": "plan"}, True),
    "while a job works": ({"has_unfinished_job": True}, True),
    "the rows were deleted": ({"rows_kept": False}, True),
}


@pytest.mark.parametrize("case", STEPS.values(), ids=STEPS)
def test_which_steps_of_an_import_are_open(case):
    values, is_elsewhere = case
    found = get_redirect_to_required_page(SimpleNamespace(pk=1, **READY | values), "columns", "values")
    assert (found is not None) == is_elsewhere


FILES = {
    "leads.xlsx, sheet “May”, 1 row, 2 columns": {"sheet": "May", "rows": 1, "columns": [{}, {}]},
    "leads.xlsx, 2 rows, 1 column": {"rows": 2, "columns": [{}]},
}


@pytest.mark.parametrize("words", FILES)
def test_what_a_file_is_called(words):
    assert describe_file(Import(name="leads.xlsx", **FILES[words])) == words


class Opened(NamedTuple):
    """Whose import is opened, by which method, by a user with these rights, and as a page that the user or others may see."""

    of: str = "bob"
    method: str = "POST"
    rights: tuple[str, ...] = IMPORTS
    done: bool = False
    seen: bool = False
    locked: bool = True
    answer: str = "locked"


OPENED = {
    "a change of the own import": Opened(),
    "a page of the own import": Opened(method="GET", answer="read"),
    "a change of the own import that waits for no one": Opened(locked=False, answer="read"),
    "a colleague's import": Opened("ben", answer="404"),
    "who may only see leads": Opened(rights=IMPORTS[:1], answer="403"),
    "who may not add leads": Opened(rights=(IMPORTS[0], IMPORTS[2]), answer="403"),
    "a colleague's import, of someone who may import nothing": Opened("ben", rights=(), answer="403"),
    "a colleague's import, of someone who may import contacts": Opened(
        "ben", rights=("customers.view_contact", "customers.add_contact", "customers.import_contact"), answer="404"
    ),
    "the receipt of the own import": Opened(method="GET", done=True, seen=True, answer="read"),
    "the own import that isn't done": Opened(method="GET", seen=True, answer="read"),
    "a colleague's receipt": Opened("ben", method="GET", done=True, seen=True, answer="404"),
    "a colleague's receipt, of someone who sees all": Opened(
        "ben", method="GET", rights=(*IMPORTS, SEES_ALL), done=True, seen=True, answer="read"
    ),
    "a colleague's import that isn't done, of someone who sees all": Opened(
        "ben", method="GET", rights=(*IMPORTS, SEES_ALL), seen=True, answer="404"
    ),
    "a colleague's receipt, of someone who sees all but may not import": Opened(
        "ben", method="GET", rights=(SEES_ALL,), done=True, seen=True, answer="403"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OPENED.values(), ids=OPENED)
def test_who_opens_an_import(case, read, cast, rf):
    # Another import of each comes before and after.
    users = [cast.ben, cast.bob, getattr(cast, case.of), cast.bob, cast.ben]
    imported = [read(user, ["last_name"]) for user in users][2]
    Import.objects.update(state="done" if case.done else "plan")
    vars(cast.bob).update(granted_permissions={*case.rights})
    request = rf.generic(case.method, "/")
    request.user = cast.bob
    with CaptureQueriesContext(connection) as queries:
        if case.answer in ("403", "404"):
            with pytest.raises(PermissionDenied if case.answer == "403" else Http404):
                get_visible_import(request, imported.pk) if case.seen else get_own_import(
                    request, imported.pk
                )
            return
        found = (
            get_visible_import(request, imported.pk)
            if case.seen
            else get_own_import(request, imported.pk, **({} if case.locked else {"locked": False}))
        )
    assert found == imported
    assert any("FOR NO KEY UPDATE" in query["sql"] for query in queries) == (case.answer == "locked")
