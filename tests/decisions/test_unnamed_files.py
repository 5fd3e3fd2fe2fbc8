"""Which stored files no row names, which are missing, and when Leadwell may remove any."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Installation
from crm.platform.files import orphaned_files
from crm.platform.files.orphaned_files import find_missing_files, find_unnamed_files, may_sweep

pytestmark = pytest.mark.django_db
OWN = "own-key"
# When files may be removed again: None if there was no restore, otherwise minutes from now; the mark of the store; whether they may.
SWEEPS = {
    "never restored": (None, OWN, True),
    "restored long ago": (-1, OWN, True),
    "restored a little while ago": (1, OWN, False),
    "the store of another one": (None, "other-key", False),
    "the store of another one, long after a restore": (-1, "other-key", False),
    "a store without a mark": (None, "", False),
}


@pytest.mark.parametrize(("minutes", "mark", "may"), SWEEPS.values(), ids=SWEEPS)
def test_when_files_may_be_removed(minutes, mark, may, monkeypatch):
    Installation.objects.all().delete()
    begins = None if minutes is None else timezone.now() + timedelta(minutes=minutes)
    Installation.objects.create(key=OWN, sweeps_from=begins)
    monkeypatch.setattr(orphaned_files, "get_installation_mark", lambda: mark)
    assert may_sweep() is may


@pytest.mark.parametrize(
    ("mark", "may"), [("", True), ("other-key", False)], ids=["no mark", "another one's"]
)
def test_before_its_first_start_an_installation_removes_files_only_in_a_store_of_no_one(
    mark, may, monkeypatch
):
    Installation.objects.all().delete()
    monkeypatch.setattr(orphaned_files, "get_installation_mark", lambda: mark)
    assert may_sweep() is may


# The old files of the store, those that each of two kinds of rows names, and those that are left over.
STORED = {
    "none": ([], ["a"], [], []),
    "all are named": (["a", "b"], ["a"], ["b"], []),
    "one is named by no row": (["a", "b", "c"], ["a"], ["c"], ["b"]),
    "several of one portion": (["b", "a"], [], [], ["a", "b"]),
    "named by both": (["a", "b"], ["a"], ["a"], ["b"]),
    "with their thumbnails": (["a", "a_small.png", "b_small.png"], ["a"], [], ["b"]),
    "a thumbnail whose file is named": (["a_small.png"], ["a"], [], []),
    "in several portions": (["a", "b", "c", "d", "e"], ["b"], ["d"], ["a", "c", "e"]),
}


@pytest.mark.parametrize(("stored", "one", "other", "left"), STORED.values(), ids=STORED)
def test_which_files_no_row_names(stored, one, other, left, monkeypatch):
    named = [lambda files: {*files} & {*one}, lambda files: {*files} & {*other}]
    monkeypatch.setattr(orphaned_files, "NAMED", {"x": named})
    monkeypatch.setattr(orphaned_files, "PORTION", 2)
    monkeypatch.setattr(orphaned_files, "THUMBNAIL_ENDING", "_small.png")
    asked: list[tuple] = []
    monkeypatch.setattr(
        orphaned_files, "find_files_older_than", lambda *limits: asked.append(limits) or [*stored]
    )
    assert list(find_unnamed_files("x")) == left
    assert asked == [(24 * 60 * 60, "x")]


def test_files_that_rows_name_and_that_are_not_in_the_store_are_missing(monkeypatch):
    monkeypatch.setattr(orphaned_files, "NAMED", {"x": [], "y": []})
    monkeypatch.setattr(orphaned_files, "EXPECTED", [lambda: ["y/2", "x/1"], lambda: ["x/3", "x/1"]])
    monkeypatch.setattr(orphaned_files, "list_file_names", lambda folder: [f"{folder}/1"])
    assert find_missing_files() == ["x/3", "y/2"]
