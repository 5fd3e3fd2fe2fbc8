"""A person is erased and the store goes away meanwhile: no one else's file is lost, and none with the person stays."""

import io

import openpyxl
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Import
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person
from privacy.uploaded_files import repeat_search_of_uploads
from tests.crm.transfer.imports.importing import upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

EMAIL = "jan.novak@rare.example"


@pytest.fixture
def imports(sign_in, ann, store):
    """A workbook that has the person on a sheet that isn't imported, and one of others."""
    book = openpyxl.Workbook()
    for row in (["Last name", "Email"], ["Pop", "ana@pop.example"]):
        book.active.append(row)
    book.create_sheet("Notes").append(["Write to", EMAIL])
    out = io.BytesIO()
    book.save(out)
    browser = sign_in(ann)
    of_others = upload(browser, [["Last name", "Email"], ["Albu", "albu@pop.example"]])
    return upload(browser, out.getvalue(), name="two.xlsx"), of_others


def waiting():
    return ProcrastinateJob.objects.filter(task_name=repeat_search_of_uploads.name)


def has_file(imported: Import) -> bool:
    imported.refresh_from_db()
    return bool(imported.file)


@pytest.fixture
def erased(make_lead, ada, imports, store, settings, tmp_path):
    """The erasure is committed while the store is away."""
    settings.DATA = tmp_path
    lead = make_lead("Jan Novák", email=EMAIL)
    store.go_away()
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert Lead.objects.get(pk=lead.pk).is_erased


def test_imports_keep_their_files_if_the_store_goes_away_while_a_person_is_erased(imports, erased, store):
    with_them, of_others = imports
    assert has_file(with_them)
    assert has_file(of_others)
    assert {with_them.file, of_others.file} <= set(store.names)
    (row,) = waiting()
    assert "rare" not in str(row.args)


def test_the_files_are_looked_through_when_the_store_is_back(imports, erased, store):
    with_them, of_others = imports
    (first,) = waiting()
    repeat_search_of_uploads(**first.args)
    assert has_file(with_them)
    second = waiting().exclude(pk=first.pk).get()
    assert second.args["imports"] == [of_others.pk, with_them.pk]
    store.come_back()
    repeat_search_of_uploads(**second.args)
    assert (has_file(with_them), has_file(of_others)) == (False, True)
    assert of_others.file in store.names
    assert [row.args for row in waiting()] == [{}, {}]
    repeat_search_of_uploads()


def test_nothing_waits_in_the_queue_after_an_erasure_that_looked_through_all_files(
    imports, make_lead, ada, store
):
    with_them, of_others = imports
    lead = make_lead("Jan Novák", email=EMAIL)
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert (has_file(with_them), has_file(of_others)) == (False, True)
    assert not waiting().exists()


def test_the_files_are_looked_through_even_if_the_process_ends_with_the_commit(
    imports, make_lead, ada, store, monkeypatch
):
    monkeypatch.setattr("privacy.uploaded_files._clear_uploads", lambda *_arguments: None)
    lead = make_lead("Jan Novák", email=EMAIL)
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    repeat_search_of_uploads(**waiting().get().args)
    assert [has_file(imported) for imported in imports] == [False, True]
