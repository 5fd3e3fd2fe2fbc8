"""The page of the audit log: who may read it, its filters, its pages, its links, and its file."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.utils import timezone

from crm.models import AuditEntry
from crm.platform.audit.entries import PendingEntry
from crm.platform.database.partitioned_tables import AUDIT as MONTHS
from crm.records.history.audit_log import entry_pages

AUDIT = "/admin/audit"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def listed(sign_in, ada):
    """listed("user=7") are the kinds of the entries that the page lists to an administrator, without the reading itself."""
    browser = sign_in(ada)

    def kinds_at(query: str = "") -> list[str]:
        page = browser.get(f"{AUDIT}?{query}")
        return [line.entry.kind for line in page.context["lines"] if line.entry.kind != "audit_read"]

    return kinds_at


def months() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'crm_auditentry'::regclass"
        )
        return {name.removeprefix("crm_auditentry_") for (name,) in cursor.fetchall()}


def test_only_users_with_the_permission_read_the_log(ada, ann, sign_in):
    assert sign_in(ann).get(AUDIT).status_code == 403
    assert sign_in(ann).get(f"{AUDIT}/file").status_code == 403
    assert sign_in(ada).get(AUDIT).status_code == 200


def test_a_reader_of_one_department_sees_the_entries_of_colleagues_only(someone_with, bob, dan, sign_in):
    for user in (bob, dan, None):
        PendingEntry("signed_in", user).write()
    eve = someone_with("view_auditentry")
    page = sign_in(eve).get(f"{AUDIT}?kind=signed_in")
    # Her own sign-in too.
    assert {line.entry.user_id for line in page.context["lines"]} == {bob.pk, eve.pk}


def test_filters_find_by_user_event_record_address_and_day(listed, bob, ben):
    PendingEntry("viewed", bob, table="lead", record=7, at=NOW).write()
    PendingEntry("searched", ben, address="203.0.113.9", at=NOW + timedelta(days=1)).write()
    assert listed(f"user={bob.pk}") == ["viewed"]
    assert listed("kind=searched") == ["searched"]
    assert listed("record=7") == listed("record=7&table=lead") == ["viewed"]
    assert listed("record=7&table=company") == []
    assert listed("address=203.0.113.9") == ["searched"]
    assert listed("first=2026-03-11&last=2026-03-11") == ["searched"]
    assert listed("last=2026-03-10") == ["viewed"]


def test_a_day_begins_at_midnight_of_the_reader(listed, bob):
    # Bucharest is two hours ahead in winter.
    PendingEntry("viewed", bob, at=datetime(2026, 3, 10, 22, 30, tzinfo=UTC)).write()
    assert listed("first=2026-03-11&last=2026-03-11") == ["viewed"]
    assert listed("last=2026-03-10") == []


def test_words_find_names_and_details_whatever_their_case_and_marks(listed, bob):
    PendingEntry("searched", bob, details={"text": "Nováková"}, at=NOW).write()
    PendingEntry("searched", bob, details={"text": "100%"}, at=NOW).write()
    assert listed("q=novakova+BOB") == ["searched"]
    assert listed("q=100%25") == ["searched"]
    assert listed("q=1%25") == []


def test_invalid_filters_are_named_and_answered_with_400(sign_in, ada):
    page = sign_in(ada).get(f"{AUDIT}?address=here&first=someday&record=many")
    assert page.status_code == 400
    assert set(page.context["filters"].form.errors) == {"address", "first", "record"}
    assert sign_in(ada).get(f"{AUDIT}?before=nonsense-1&user=x").status_code == 400


def test_pages_follow_each_other_without_gaps_also_within_one_moment(listed, bob, monkeypatch, sign_in, ada):
    monkeypatch.setattr(entry_pages, "PAGE", 2)
    for number in range(5):
        PendingEntry("viewed", bob, table="lead", record=number, at=NOW).write()
    seen, query = [], f"user={bob.pk}"
    while True:
        page = sign_in(ada).get(f"{AUDIT}?{query}")
        seen += [line.entry.record for line in page.context["lines"]]
        if not page.context["next"]:
            break
        query = f"user={bob.pk}&before={page.context['next']}"
    assert seen == [4, 3, 2, 1, 0]


def test_words_are_looked_for_in_a_limited_number_of_entries_and_further_on_the_next_page(
    bob, monkeypatch, sign_in, ada
):
    monkeypatch.setattr(entry_pages, "READ", 2)
    for number in range(4):
        text = "sought" if number == 0 else "other"
        PendingEntry("searched", bob, details={"text": text}, at=NOW + timedelta(hours=number)).write()
    page = sign_in(ada).get(f"{AUDIT}?user={bob.pk}&q=sought")
    assert page.context["lines"] == []
    page = sign_in(ada).get(f"{AUDIT}?user={bob.pk}&q=sought&before={page.context['next']}")
    assert [line.entry.details["text"] for line in page.context["lines"]] == ["sought"]


def test_a_record_is_a_link_only_for_readers_who_can_see_it(
    someone_with, bob, make_lead, departments, sign_in, ada
):
    near, far = make_lead(owner=bob), make_lead(department=departments.export)
    for lead in (near, far):
        PendingEntry("viewed", bob, table="lead", record=lead.pk).write()
    eve = someone_with("view_auditentry", "view_lead", "see_departments")
    links = {}
    for reader in (eve, ada):
        page = sign_in(reader).get(f"{AUDIT}?kind=viewed")
        links[reader.name] = {line.link for line in page.context["lines"]} - {""}
    assert links["Eve"] == {f"/admin/leads/{near.pk}"}
    assert links["Ada"] == {f"/admin/leads/{near.pk}", f"/admin/leads/{far.pk}"}


def test_what_people_typed_is_escaped(sign_in, ada, bob):
    PendingEntry("searched", bob, details={"text": "<script>alert(1)</script>"}).write()
    page = sign_in(ada).get(AUDIT).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_reading_the_log_is_recorded_at_most_once_a_minute(sign_in, ada, monkeypatch):
    reads = AuditEntry.objects.of_kind("audit_read").of_user(ada)
    for _number in range(3):
        sign_in(ada).get(f"{AUDIT}?kind=viewed")
    assert [entry.details for entry in reads] == [{"query": "kind=viewed"}]
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    sign_in(ada).get(AUDIT)
    assert reads.all().count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_file_has_the_entries_that_the_filters_find_and_is_recorded(sign_in, ada, bob):
    PendingEntry("searched", bob, address="203.0.113.9", details={"text": "=1+1"}, at=NOW).write()
    PendingEntry("viewed", bob, table="lead", record=7, at=NOW).write()
    answer = sign_in(ada).get(f"{AUDIT}/file?kind=searched")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    _heads, row = sheet.iter_rows(values_only=True)
    assert row[:5] == (datetime(2026, 3, 10, 14), "Bob", "Searched", None, "Search: =1+1")
    (entry,) = AuditEntry.objects.of_kind("audit_exported")
    assert entry.details == {"query": "kind=searched", "rows": 1}


# Months


def test_the_coming_three_months_have_their_partitions(db):
    assert {"other", f"{timezone.now():%Y_%m}"} <= months()
    assert len(months()) >= 5


def test_months_are_dropped_when_their_time_is_over_and_others_stay(db, bob, settings, monkeypatch):
    settings.AUDIT_MONTHS = 12
    at = datetime(2031, 5, 20, tzinfo=UTC)
    for moment in (at, at - timedelta(days=365), at - timedelta(days=400)):
        PendingEntry("signed_in", bob, at=moment).write()
    monkeypatch.setattr(timezone, "now", lambda: at)
    MONTHS.bring_up_to_date()
    assert {"2031_07", "2030_05"} <= months()
    assert "2030_04" not in months()
    assert sorted(entry.at for entry in AuditEntry.objects.all()) == [at - timedelta(days=365), at]


def test_an_entry_without_a_month_is_kept_and_gets_its_month_later(db, bob):
    PendingEntry("signed_in", bob, at=datetime(2044, 1, 31, 23, 59, tzinfo=UTC)).write()
    assert "2044_01" not in months()
    MONTHS.bring_up_to_date()
    assert "2044_01" in months()
    assert AuditEntry.objects.get().at.year == 2044
