"""After an erasure, nothing that is stored says who the person was, and nothing brings it back."""

import re
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from crm.models import AuditEntry, Export, Operation, Task
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Restore
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from crm.transfer.exports import file_writing
from leads.models import Lead
from leads.verbs import SetVip
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.models import ForgottenAddress, Mailing
from privacy.erasure_list import read_erasure_lines
from privacy.models import Erasure
from privacy.repeated_erasure import repeat_erasures
from privacy.spelling_variants import GONE
from reports.standard_reports import BY_NAME
from tests.crm.transfer.exports.exporting import export
from tests.privacy.conftest import DIGITS, EMAIL, LAST, WANTED
from tests.privacy.searching import everything, found_in_database, found_in_files, has

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

# Rows that go with an erasure although they say nothing about the person.
EMPTIED = (
    "reports_keptnumbers",
    "crm_apireply",
    "duplicates_likeness",
    "procrastinate_jobs",
    "procrastinate_events",
)


def nothing_is_found() -> bool:
    assert found_in_database(WANTED, DIGITS) == []
    assert found_in_files(settings.MEDIA_ROOT.parent, WANTED, DIGITS) == []
    return True


def test_no_table_and_no_file_has_an_erased_person(many_doors, erased):
    assert found_in_database(WANTED, DIGITS)
    assert found_in_files(settings.MEDIA_ROOT, WANTED, DIGITS)
    erased(many_doors.records)
    assert nothing_is_found()
    assert Erasure.objects.get().cleared["records"] == 4


def test_no_undo_brings_an_erased_person_back(many_doors, erased, ada):
    erased(many_doors.records)
    undone = 0
    for record in Operation.objects.order_by("-pk"):
        with suppress(UndoRefused, PermissionDenied):
            revert_operation(record, by=ada)
            undone += 1
    assert undone
    assert nothing_is_found()


def test_a_permanently_deleted_lead_comes_back_as_an_erased_person(many_doors, erased, ada):
    erased(many_doors.records)
    revert_operation(Operation.objects.get(kind="purge"), by=ada)
    back = Lead.objects.get(pk=many_doors.gone)
    assert (back.last_name, back.email, back.is_erased) == (ERASED_PERSON_NAME, "", True)


def test_rows_of_other_people_do_not_change(many_doors, erased):
    before = {table: set(rows) for table, rows in everything().items() if table not in EMPTIED}
    erased(many_doors.records)
    after = everything()
    own = {f'"record": {pk}' for ids in many_doors.records.values() for pk in ids}
    own |= {f'"record_id": {pk}' for ids in many_doors.records.values() for pk in ids}
    lost = [
        f"{table}: {row}"
        for table, rows in before.items()
        for row in rows - set(after[table])
        if not has(row, WANTED, DIGITS) and not any(one in row for one in own)
    ]
    allowed = (
        "leads_lead:",
        "customers_",
        "crm_change:",
        "leads_newsletter:",
        "django_",
        "crm_export:",
        "crm_import",
    )
    assert [one for one in lost if not one.startswith(allowed)] == []
    assert [one for one in lost if "stranger.example" in one and "She knows" not in one] == []


OF_A_LEAD = re.compile(r'href="/admin/leads/\d')


def test_the_counts_of_reports_do_not_move(many_doors, erased, ada, sign_in):
    browser = sign_in(ada)

    def figures() -> dict[str, list[str]]:
        pages = {name: browser.get(f"/admin/reports/{name}").text for name in BY_NAME}
        tables = {name: re.findall(r"<table.*?</table>", page, re.DOTALL) for name, page in pages.items()}
        return {
            # A line for each lead names it, and that changes.
            name: [re.sub(r"<[^>]*>", " ", one).split() for one in found if not OF_A_LEAD.search(one)]
            for name, found in tables.items()
        }

    before = figures()
    assert any(before.values())
    erased(many_doors.records)
    assert figures() == before


def test_open_tasks_of_an_erased_person_are_closed_and_no_longer_shown_as_work(
    zebulon, other, erased, bob, ada, make_task, sign_in
):
    task, of_other = make_task(f"Call {LAST}", zebulon, user=bob), make_task("Call Ana", other, user=bob)
    make_task("Every week", zebulon, user=bob, due_on=timezone.localdate(), repeat="weekly")
    erased({"lead": [zebulon.pk]})
    assert list(Task.objects.open()) == [of_other]
    task.refresh_from_db()
    assert (task.title, task.done_by) == (GONE, ada)
    zebulon.refresh_from_db()
    assert (zebulon.next_action, zebulon.next_action_on) == ("", None)
    page = sign_in(bob).get("/admin/tasks").text
    assert "Call Ana" in page
    assert GONE not in page
    assert list(find_history_differences()) == []


def test_the_history_still_agrees_with_the_records(many_doors, erased):
    before = list(find_history_differences())
    erased(many_doors.records)
    assert list(find_history_differences()) == before


def test_the_page_of_an_erased_person_says_so_and_offers_no_changes(zebulon, erased, ada, sign_in):
    erased({"lead": [zebulon.pk]})
    page = sign_in(ada).get(zebulon.get_absolute_url()).text
    assert "This person was erased on" in page
    assert f'href="{zebulon.get_absolute_url()}/edit"' not in page
    assert LAST not in page
    assert "Erased person" in page


def test_search_and_list_have_no_erased_name(zebulon, other, erased, ada, sign_in):
    erased({"lead": [zebulon.pk]})
    browser = sign_in(ada)
    assert "Erased person" not in browser.get(f"/admin/leads?q={LAST}").text
    assert "Erased person" in browser.get("/admin/leads").text


def test_an_erased_record_is_not_changed_but_goes_to_trash_and_back(zebulon, erased, ada):
    erased({"lead": [zebulon.pk]})
    rows = Lead.objects.filter(pk=zebulon.pk)
    assert carry_out(SetVip(True), rows, by=ada).refused == {"erased": [zebulon.pk]}
    assert carry_out(Delete(), rows, by=ada).changed == [zebulon.pk]
    assert carry_out(Restore(), rows, by=ada).changed == [zebulon.pk]


def test_a_record_in_trash_is_erased_too(zebulon, erased):
    with operation("test", by=None):
        Lead.objects.filter(pk=zebulon.pk).update(deleted_at=timezone.now())
    erased({"lead": [zebulon.pk]})
    zebulon.refresh_from_db()
    assert (zebulon.email, zebulon.deleted_at is not None) == ("", True)
    assert nothing_is_found()


def test_an_erased_person_who_unsubscribed_stays_unsubscribed(
    many_doors, erased, make_lead, ann, departments
):
    erased(many_doors.records)
    assert ForgottenAddress.objects.exists()
    lead = make_lead("Zebulon Again", email=EMAIL)
    with operation("test", by=None):
        mailing = Mailing.objects.create(
            subject="News", by=ann, state="draft", department=departments.sales, of="lead", ids=[lead.pk]
        )
    assert preview_recipient_counts(mailing).receiving_count == 0


def test_an_erasure_is_done_once(zebulon, erased):
    assert erased({"lead": [zebulon.pk]}).records == {"lead": [zebulon.pk]}
    assert erased({"lead": [zebulon.pk]}) is None
    assert Erasure.objects.count() == 1


def test_an_address_that_another_record_has_stays_there(zebulon, make_lead, bob, erased):
    colleague = make_lead(
        "Ana Albu", email=EMAIL, phone=zebulon.phone, phone_normal=zebulon.phone_normal, owner=bob
    )
    erased({"lead": [zebulon.pk]})
    colleague.refresh_from_db()
    assert (colleague.email, colleague.phone) == (EMAIL, zebulon.phone)


def test_a_namesake_stays_as_they_are(zebulon, make_lead, bob, erased):
    namesake = make_lead(
        f"{zebulon.first_name} {LAST}", email="other@quix.example", owner=bob, description=f"Is a {LAST}"
    )
    erased({"lead": [zebulon.pk]})
    namesake.refresh_from_db()
    assert (namesake.last_name, namesake.description) == (LAST, f"Is a {LAST}")


def test_an_export_that_is_being_written_leaves_no_file(zebulon, erased, ann, sign_in, monkeypatch):
    whole = file_writing.ExportWriting._write_file

    def erased_meanwhile(*arguments):
        values = whole(*arguments)
        erased({"lead": [zebulon.pk]})
        return values

    monkeypatch.setattr(file_writing.ExportWriting, "_write_file", erased_meanwhile)
    export(sign_in(ann))
    assert Export.objects.get().file == ""
    assert found_in_files(settings.MEDIA_ROOT, WANTED, DIGITS) == []


def test_erasures_are_repeated_after_an_older_backup(zebulon, erased):
    erased({"lead": [zebulon.pk]})
    (line,) = read_erasure_lines()
    assert line["records"] == {"lead": [zebulon.pk]}
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET erased_at = NULL, last_name = %s, email = %s", [LAST, EMAIL])
        cursor.execute("DELETE FROM privacy_erasure")
    assert repeat_erasures() == 1
    assert Erasure.objects.get().reason == "restored"
    zebulon.refresh_from_db()
    assert (zebulon.last_name, zebulon.email) == (ERASED_PERSON_NAME, "")


def test_a_record_of_someone_else_with_the_same_number_is_not_erased_again(zebulon, erased):
    erased({"lead": [zebulon.pk]})
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET erased_at = NULL, last_name = 'Pop', email = 'pop@x.example'")
        cursor.execute("UPDATE crm_change SET fields = NULL WHERE kind = 'update'")
    assert repeat_erasures() == 0


def test_the_audit_log_says_that_a_person_was_erased_but_not_who(zebulon, erased, ada):
    erased({"lead": [zebulon.pk]})
    entry = AuditEntry.objects.get(kind="person_erased")
    assert (entry.user, entry.details) == (ada, {"rows": 1})


def test_the_audit_log_cannot_be_changed_otherwise(zebulon, erased):
    erased({"lead": [zebulon.pk]})
    with pytest.raises(Exception, match="can't be changed or deleted"):
        AuditEntry.objects.update(details={})
