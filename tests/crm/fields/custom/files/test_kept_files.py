"""How long the files of custom fields stay: undo, merging, deleting permanently and the hourly look."""

import os
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone

from crm.fields.custom.files.file_cleanup import LOOKED_AGAIN, find_named_files, forget_files_of_lost_values
from crm.models import ValueFile
from crm.platform.files.orphaned_files import DAY, find_missing_files
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments
from leads.models import Lead
from tests.crm.fields.custom.files.conftest import change_definition, held, put, save, undo_last
from tests.crm.work.activities.attaching import on_the_disk, picture, place_of, upload
from tests.duplicates.conftest import merge


@pytest.fixture
def pass_days(monkeypatch):
    """Calling it lets so many days, or times of fewer hours, pass with a look after each; `looked` says whether anyone looks."""
    now = [timezone.now()]
    clock = SimpleNamespace(now=lambda: now[0])
    monkeypatch.setattr("crm.fields.custom.files.file_cleanup.timezone", clock)

    def pass_days(days: int, *, hours: int = 24, looked: bool = True) -> None:
        for _day in range(days):
            now[0] += timedelta(hours=hours)
            if looked:
                forget_files_of_lost_values()

    return pass_days


def sweep() -> int:
    """The hourly sweep, when all files on the disk are older than a day."""
    for path in on_the_disk():
        os.utime(path, (time.time() - DAY - 60,) * 2)
    return remove_orphaned_attachments()


def purge(record, *, by):
    rows = type(record).objects.filter(pk=record.pk)
    carry_out(Delete(), rows, by=by)
    return carry_out(Purge(), rows, by=by)


def test_a_file_that_a_value_names_is_never_removed(field, filled, pass_days):
    pass_days(settings.UNDO_DAYS + 40)
    assert sweep() == 0
    assert len(on_the_disk()) == 1
    assert find_missing_files() == []


def test_a_file_of_a_form_that_was_never_saved_is_swept(field, lead, bob, sign_in):
    save(sign_in(bob), lead, email="no address", **{field.name: upload()})
    assert len(on_the_disk()) == 1
    assert sweep() == 1
    assert on_the_disk() == []


def test_a_replaced_file_stays_as_long_as_an_undo_can_bring_it_back(field, lead, bob, sign_in, pass_days):
    browser = sign_in(bob)
    save(browser, lead, **{field.name: upload("device.png", picture())})
    save(browser, lead, **{field.name: upload("signed.pdf")})
    pass_days(settings.UNDO_DAYS + 2)
    assert sweep() == 0
    pass_days(1)
    assert ValueFile.objects.count() == 1
    assert sweep() == 1
    assert [str(place_of(held(field, lead)["file"]))] == [str(path) for path in on_the_disk()]


def test_a_file_that_came_back_and_went_again_begins_anew(field, filled, bob, pass_days):
    put(field, filled, None, by=bob)
    pass_days(settings.UNDO_DAYS - 5)
    undo_last(by=bob)
    pass_days(1, hours=2)
    put(field, filled, None, by=bob)
    pass_days(1, hours=2)
    pass_days(settings.UNDO_DAYS)
    assert sweep() == 0
    undo_last(by=bob)
    assert place_of(held(field, filled)["file"]).exists()


def test_days_in_which_nobody_looked_do_not_count(field, filled, bob, pass_days):
    put(field, filled, None, by=bob)
    pass_days(1)
    pass_days(settings.UNDO_DAYS + 10, looked=False)
    pass_days(1)
    assert sweep() == 0
    pass_days(settings.UNDO_DAYS + LOOKED_AGAIN.days + 1)
    assert sweep() == 1


def test_a_record_that_is_deleted_permanently_takes_its_file_along_once_no_undo_brings_it_back(
    field, filled, ada, pass_days
):
    file = held(field, filled)["file"]
    purge(filled, by=ada)
    pass_days(settings.UNDO_DAYS)
    assert sweep() == 0
    undo_last(by=ada)
    assert held(field, filled)["file"] == file
    assert place_of(file).exists()
    purge(filled, by=ada)
    pass_days(settings.UNDO_DAYS + 3)
    assert sweep() == 1
    assert on_the_disk() == []


def test_a_record_in_trash_and_a_retired_field_keep_their_files(field, filled, ada, pass_days):
    carry_out(Delete(), Lead.objects.filter(pk=filled.pk), by=ada)
    change_definition(field, retired=True)
    pass_days(settings.UNDO_DAYS + 3)
    assert sweep() == 0


def test_a_merge_brings_the_file_to_the_kept_record_and_an_undo_brings_it_back(
    field, filled, make_lead, ada, pass_days
):
    before, kept = held(field, filled), make_lead("Jan Novák")
    merge(ada, kept.pk, [filled.pk])
    assert held(field, kept) == before
    pass_days(settings.UNDO_DAYS + 3)
    assert sweep() == 0
    undo_last(by=ada)
    assert (held(field, kept), held(field, filled)) == (None, before)


def test_two_values_of_one_file_keep_it_until_both_are_gone(
    field, filled, make_field, make_company, bob, pass_days
):
    other, company = make_field("Contract", "file", of="company"), make_company("Omnia SRL", owner=bob)
    filled.refresh_from_db()
    put(other, company, other.to_python(held(field, filled)), by=bob)
    put(field, filled, None, by=bob)
    pass_days(settings.UNDO_DAYS + 3)
    assert sweep() == 0
    put(other, company, None, by=bob)
    pass_days(settings.UNDO_DAYS + 3)
    assert sweep() == 1


def test_files_are_found_but_in_the_records_that_are_left_out(field, filled, make_lead, bob):
    file = held(field, filled)["file"]
    assert find_named_files() == {file}
    assert find_named_files(but={"lead": [filled.pk]}) == set()
