"""The audit log: what is recorded, by whom and from where, and that entries can't be changed."""

import re

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import AccountChange
from crm.api.token_scopes import get_all_rights
from crm.models import AuditEntry
from crm.platform.audit.entries import PendingEntry
from crm.platform.audit.event_kinds import EVENT_LABELS
from crm.platform.configuration.environment import ROOT
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from leads.models import Lead
from tests.api.conftest import Program, make_token
from tests.conftest import PASSWORD

ADDRESS = "203.0.113.9"


@pytest.fixture
def added(django_capture_on_commit_callbacks, db):
    """added(act) are the entries that the act has left, the oldest first."""

    def entries(act) -> list[AuditEntry]:
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        act()
        return list(AuditEntry.objects.exclude(pk__in=before).order_by("pk"))

    return entries


def in_browser(user):
    browser = Client(REMOTE_ADDR=ADDRESS)
    browser.force_login(user, backend="accounts.sign_in.EmailBackend")
    return browser


def kinds(entries) -> list[str]:
    return [entry.kind for entry in entries]


# What is recorded


def test_a_sign_in_is_recorded_with_user_name_address_and_request(bob, added):
    answers = []

    def act():
        browser = Client(REMOTE_ADDR=ADDRESS)
        answers.append(browser.post("/login", {"email": bob.email, "password": PASSWORD}))

    (entry,) = added(act)
    assert (entry.kind, entry.user_id, entry.user_name, entry.via) == ("signed_in", bob.pk, "Bob", "browser")
    assert (entry.address, entry.request) == (ADDRESS, answers[0]["X-Request-ID"])


def test_a_failed_sign_in_is_recorded_without_the_password(bob, added):
    (entry,) = added(lambda: Client().post("/login", {"email": bob.email, "password": "gue55ed"}))
    assert (entry.kind, entry.user_id, entry.details) == ("sign_in_failed", None, {"tried": bob.email})


def test_a_name_stays_as_it_was_at_that_time(bob, added):
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get("/admin/users"))
    bob.name = "Robert"
    bob.save()
    entry.refresh_from_db()
    assert (entry.kind, entry.user_name) == ("refused", "Bob")


def test_viewing_a_lead_is_recorded_once_for_a_page_and_names_the_lead(bob, make_lead, added):
    lead = make_lead(owner=bob)
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get(f"/admin/leads/{lead.pk}"))
    assert (entry.kind, entry.table, entry.record, entry.address) == ("viewed", "lead", lead.pk, ADDRESS)
    assert kinds(added(lambda: browser.get(f"/admin/leads/{lead.pk}/edit"))) == ["viewed"]


def test_who_views_a_lead_as_another_user_is_recorded_in_their_own_name(ada, bob, make_lead, added):
    lead = make_lead(owner=bob)
    browser = in_browser(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    browser.post(f"/admin/users/{bob.pk}/view")
    (entry,) = added(lambda: browser.get(f"/admin/leads/{lead.pk}"))
    assert (entry.kind, entry.record, entry.user_id) == ("viewed", lead.pk, ada.pk)
    (entry,) = added(lambda: browser.post(f"/admin/leads/{lead.pk}/delete"))
    assert (entry.kind, entry.user_id) == ("refused", ada.pk)


def test_viewing_a_company_is_recorded(bob, make_company, added):
    company = make_company(owner=bob)
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get(f"/admin/companies/{company.pk}"))
    assert (entry.kind, entry.table, entry.record) == ("viewed", "company", company.pk)


def test_a_lead_in_the_daily_queue_is_viewed(bob, make_lead, added):
    lead = make_lead(owner=bob)
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get("/admin/leads/queue"))
    assert (entry.kind, entry.record) == ("viewed", lead.pk)


def test_a_lead_out_of_reach_is_recorded_as_such_and_one_that_does_not_exist_is_not(
    bob, carla, make_lead, departments, added
):
    foreign = make_lead(owner=carla, department=departments.export)
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get(f"/admin/leads/{foreign.pk}"))
    assert (entry.kind, entry.table, entry.record) == ("out_of_reach", "lead", foreign.pk)
    assert added(lambda: browser.get("/admin/leads/999999999")) == []


def test_a_denied_change_is_recorded_although_it_is_rolled_back(bob, carla, make_lead, departments, added):
    foreign = make_lead(owner=carla, department=departments.export)
    address = f"/admin/leads/{foreign.pk}/edit"
    assert "out_of_reach" in kinds(added(lambda: in_browser(bob).post(address, {"first_name": "X"})))


def test_a_search_is_recorded_with_its_words_and_its_further_pages_are_not(bob, make_lead, added):
    make_lead("Jan Novák", owner=bob)
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get("/admin/leads?q=Novák"))
    assert (entry.kind, entry.table, entry.details) == ("searched", "lead", {"text": "Novák"})
    assert added(lambda: browser.get("/admin/leads?q=Novák&last=1")) == []
    assert added(lambda: browser.get("/admin/leads?all=1")) == []
    assert kinds(added(lambda: browser.get("/admin/jump?q=Novák"))) == ["searched"]


def test_a_text_that_postgresql_cannot_store_is_recorded_without_those_characters(bob, added):
    browser = in_browser(bob)
    (entry,) = added(lambda: browser.get("/admin/leads?q=a%00b%ED%A0%80c"))
    assert entry.kind == "searched"
    (entry,) = added(PendingEntry("searched", details={"text": "a\0b\ud800c" + "d" * 1_000}).write)
    assert entry.details["text"].startswith("ab?cd")
    assert len(entry.details["text"]) == 500


def test_reads_by_programs_are_recorded_with_their_token_as_far_as_the_setting_says(
    bob, make_lead, added, settings
):
    make_lead(owner=bob)
    program = Program(make_token(bob, get_all_rights()))
    (entry,) = added(lambda: program.get("/api/leads"))
    assert (entry.kind, entry.via, entry.user_id) == ("read_by_program", "token", bob.pk)
    assert entry.details == {"token": "Bob's program", "path": "/api/leads"}
    settings.AUDIT_READS = 0
    assert added(lambda: program.get("/api/leads")) == []


def test_undo_and_permanent_deletion_are_recorded_with_their_number_of_records(ada, make_lead, added):
    lead = make_lead(owner=ada)
    rows = Lead.objects.filter(pk=lead.pk)
    done = carry_out(Delete(), rows, by=ada)
    (entry,) = added(lambda: revert_operation(done.operation, by=ada))
    assert (entry.kind, entry.user_id, entry.table, entry.via) == ("undone", ada.pk, "lead", "system")
    assert entry.details["rows"] == 1
    carry_out(Delete(), rows, by=ada)
    assert kinds(added(lambda: carry_out(Purge(), Lead.objects.all(), by=ada))) == ["deleted_permanently"]


def test_changed_roles_name_the_account_before_and_after(ada, bob, departments, added):
    data = {"name": bob.name, "email": bob.email, "department": departments.sales.pk}
    data["roles"] = [ada.groups.get().pk]
    entries = added(lambda: in_browser(ada).post(f"/admin/users/{bob.pk}/edit", data))
    (entry,) = [entry for entry in entries if entry.kind == "account_roles"]
    assert (entry.user_id, entry.table, entry.record) == (ada.pk, "user", bob.pk)
    assert (entry.details["before"], entry.details["after"]) == (["Sales Rep"], ["Administrator"])


def test_what_is_rolled_back_is_not_recorded(bob, added):
    def act():
        with transaction.atomic():
            PendingEntry("signed_in", bob).write()
            transaction.set_rollback(True)

    assert added(act) == []


def test_a_lost_database_takes_back_no_answer(bob, make_lead, monkeypatch):
    lead = make_lead(owner=bob)
    browser = in_browser(bob)

    def lost(_entry):
        raise DatabaseError

    monkeypatch.setattr(PendingEntry, "write", lost)
    assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
    assert browser.get("/admin/users").status_code == 403


def test_every_event_of_the_product_has_its_words():
    sources = [path.read_text() for app in settings.PRODUCT_APPS for path in (ROOT / app).rglob("*.py")]
    found = {
        event
        for text in sources
        for event in re.findall(r'\b(?:write_security_line|build_entry|_build_entry)\(\s*"(\w+)"', text)
    }
    found |= {f"account_{kind}" for kind in AccountChange.Kind.values}
    assert found == set(EVENT_LABELS)


# Entries stay


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_auditentry SET user_name = 'another'",
        "DELETE FROM crm_auditentry",
        "TRUNCATE crm_auditentry",
        "UPDATE {month} SET user_name = 'another'",
        "DELETE FROM {month}",
        "TRUNCATE {month}",
    ],
)
def test_no_statement_changes_or_deletes_an_entry(bob, statement):
    PendingEntry("signed_in", bob).write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM crm_auditentry LIMIT 1")
        (month,) = cursor.fetchone()
        with pytest.raises(DatabaseError, match="can't be changed or deleted"), transaction.atomic():
            cursor.execute(statement.format(month=month))
    assert AuditEntry.objects.get().user_name == "Bob"
