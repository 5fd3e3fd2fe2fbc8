"""Each holder is needed: an erasure without it leaves something that the search finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.test import TestCase

from crm.platform.sql.unrecorded_writes import write_without_history
from privacy import holders, person_erasure
from privacy.holders import DataHolder
from privacy.person import Person
from tests.privacy.conftest import DIGITS, WANTED
from tests.privacy.searching import found_in_database, found_in_files

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

# Holders of rows that have no word of the person, so no search finds them: they name their records, or count them.
WITHOUT_WORDS = {
    "automations.AutomationRun": "ids of records, and what became of them",
    "duplicates.Likeness": "ids of records that are alike, or that a user said are not",
    "reports.KeptNumbers": "numbers, by the digest of what was asked",
    "mailings.Delivery": "counts them only; mailings/suppression/address_erasure.py erases addresses, and is switched off below",
}

# What an erasure does beside its holders, and where something is found without it.
OTHER_STEPS = {
    "privacy.person_erasure.mailings.erase_addresses": "mailings_delivery",
    "privacy.person_erasure._clear_queue": "procrastinate_jobs",
    "privacy.person_erasure.log_and_email_files.clear_written_files": "/logs/",
}


@contextmanager
def taken_back(folder: Path) -> Iterator[None]:
    """What happens within it is rolled back, in the database and in the folder. Files are written in place, because a log is open."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for path in [one for one in folder.rglob("*") if one.is_file() and one not in before]:
            path.unlink()
        for path, content in before.items():
            path.write_bytes(content)


def found_after_erasing(every_door, ada) -> list[str]:
    """In the transaction of an erasure, after what follows its commit."""
    with taken_back(every_door.folder):
        with TestCase.captureOnCommitCallbacks(execute=True):
            person_erasure.erase_person(Person(every_door.records), by=ada)
        return [
            *found_in_database(WANTED, DIGITS),
            *found_in_files(every_door.folder, WANTED, DIGITS),
        ]


def tables_of(holder: DataHolder) -> set[str]:
    return {apps.get_model(label)._meta.db_table for label in holder.models}


def test_an_erasure_without_one_of_the_holders_leaves_something_in_its_tables_or_files(
    every_door, ada, monkeypatch
):
    before = found_in_files(every_door.folder, WANTED, DIGITS)
    assert before
    assert found_after_erasing(every_door, ada) == []
    useless = []
    for holder in holders.HOLDERS:
        monkeypatch.setattr(person_erasure, "HOLDERS", [one for one in holders.HOLDERS if one is not holder])
        found = found_after_erasing(every_door, ada)
        left = {line.partition(": ")[0] for line in found}
        if not left & tables_of(holder) and not any(line.startswith("/") for line in found):
            useless.append(holder.models[0])
    assert sorted(useless) == sorted(WITHOUT_WORDS)
    # What was rolled back can be found again, so each turn had all of it.
    assert found_in_files(every_door.folder, WANTED, DIGITS) == before


def test_holders_of_rows_without_words_remove_those_of_the_person(every_door):
    for label in set(WITHOUT_WORDS) - {"mailings.Delivery"}:
        (holder,) = [one for one in holders.HOLDERS if one.models[0] == label]
        model = apps.get_model(label)
        before = model._default_manager.count()
        with write_without_history():
            assert holder.erase(Person(every_door.records))
        assert model._default_manager.count() < before


def test_an_erasure_without_one_of_its_other_steps_leaves_something(every_door, ada, monkeypatch):
    for step, where in OTHER_STEPS.items():
        with monkeypatch.context() as without:
            without.setattr(step, lambda *arguments: None)
            found = found_after_erasing(every_door, ada)
        assert any(where in line.partition(": ")[0] for line in found), step
