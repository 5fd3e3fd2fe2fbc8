"""A private email and everyone but its owner: a walk through all places that show, send or write activities."""

import csv
import io

import pytest
from django.http import QueryDict

from crm.api.v2.webhook_calls.operation_content import build_visible_operation_json
from crm.api.webhooks import webhook_delivery
from crm.models import AttachedFile, AuditEntry, Change, Notification, Operation, Webhook, WebhookDelivery
from crm.records.history import verbs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.visible_operations import readable_operations_queryset, visible_operations_queryset
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports.activity_sheet import build_activity_rows
from crm.transfer.exports.selection import Selection
from crm.work.activities.verbs import DeleteActivity, PinActivity, carry_out_on_activity
from crm.work.emails.email_verbs import get_newest_files
from crm.work.models.activity import Activity
from leads.models import Lead
from leads.queue.queue_page import QueuePage
from mailboxes.models import Message
from mailboxes.receiving.personal_messages import change_privacy
from tests.api.conftest import make_token
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db
WORD, SUBJECT, FILE = "zebracrossing", "Subjectofthisone", "confidential-plan.pdf"
# What no other user may come across.
TRACES = (WORD, SUBJECT, FILE, "only visible to you", "Private email")


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@omnia.example", first_name="Ana", last_name="Albu", owner=bob)


@pytest.fixture
def arrive(imap, lead, bob, make_personal):
    """An email with a file from the lead, in a mailbox of bob's."""

    def put(*, private: bool) -> Activity:
        personal = make_personal(bob, private=private)
        message = an_email(personal, From="Ana <ana@omnia.example>", Subject=SUBJECT, text=f"The {WORD}.")
        message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename=FILE)
        imap.deliver(personal.address, message)
        assert read(personal).problem == ""
        return Activity.objects.latest("pk")

    return put


@pytest.fixture
def private(arrive):
    return arrive(private=True)


def paths_of(lead: Lead) -> list[str]:
    """Every page that shows activities or changes, or parts of them."""
    own = f"/admin/leads/{lead.pk}"
    return [
        # Before the user has searched for anything.
        "/admin/audit",
        own,
        f"{own}?show=email",
        f"{own}?find={WORD}",
        f"{own}?q={WORD}",
        f"{own}/email",
        "/admin/leads",
        f"/admin/leads?q={WORD}",
        f"/admin/jump?q={WORD}",
        "/admin/leads/queue",
        "/admin/today",
        "/admin/today/deferred",
        "/admin/operations",
        "/admin/operations?q=Albu",
        "/notifications",
        "/profile/mailbox",
        "/admin/mailboxes",
    ]


def hidden_paths_of(lead: Lead, activity: Activity, file: AttachedFile, operations: list[int]) -> list[str]:
    own = f"/admin/leads/{lead.pk}/activities/{activity.pk}"
    return [
        own,
        f"{own}/files/{file.pk}",
        *(f"/admin/operations/{pk}" for pk in operations),
        *(f"/admin/operations/{pk}/undo" for pk in operations),
    ]


def calls_of(lead: Lead) -> list[tuple[str, str]]:
    """The same for programs, each with the header of its dialect."""
    own = [
        f"/api/v2/leads/{lead.pk}",
        f"/api/v2/leads?q={WORD}",
        "/api/v2/activities",
        "/api/v2/activities?since=2000-01-01T00:00:00Z",
        f"/api/v2/activities?q={WORD}",
        f"/api/v2/activities?of=lead&record={lead.pk}",
        "/api/v2/operations",
        f"/v1/crm/leads/{lead.pk}",
        "/v1/crm/leads",
    ]
    connect = [
        f"/api/leads/{lead.pk}",
        f"/api/leads/search/{WORD}",
        f"/api/leads/search/{lead.last_name}",
        f"/api/notes/lead/{lead.pk}",
        "/api/zapier/poll/leads",
    ]
    return [*((path, "Authorization") for path in own), *((path, "authtoken") for path in connect)]


@pytest.fixture
def done(private, bob) -> list[int]:
    """What its owner has done with it: pinned, deleted, and brought back."""
    carry_out_on_activity(PinActivity(True), private, by=bob)
    deleted = carry_out_on_activity(DeleteActivity(private.type), private, by=bob)
    revert_operation(deleted, by=bob)
    private.refresh_from_db()
    assert private.deleted_at is None
    touched = Change.objects.of_row(Activity.table, private.pk).values_list("operation", flat=True)
    return sorted(set(touched))


def traces_in(text: str) -> list[str]:
    """What the user searched for themselves is no trace."""
    for own in (f"={WORD}", f'value="{WORD}"', f"“{WORD}”", f"search/{WORD}"):
        text = text.replace(own, "")
    return [trace for trace in TRACES if trace in text]


def test_no_page_shows_a_trace_of_a_private_email_to_another_user(
    private, lead, done, sign_in, ada, ann, ben, carla
):
    seen = dict.fromkeys(paths_of(lead), 0)
    for user in (ada, ann, ben, carla):
        browser = sign_in(user)
        for path in seen:
            answer = browser.get(path)
            seen[path] += answer.status_code == 200
            assert traces_in(answer.text) == [], (path, user)
        for path in hidden_paths_of(lead, private, AttachedFile.objects.get(), done):
            assert browser.get(path).status_code == 404, (path, user)
    # Otherwise the walk would show nothing.
    assert [path for path, times in seen.items() if not times] == []


def test_its_owner_comes_across_a_private_email_everywhere(private, lead, done, sign_in, bob):
    browser = sign_in(bob)
    for path in hidden_paths_of(lead, private, AttachedFile.objects.get(), done):
        assert browser.get(path).status_code == 200, path
    page = browser.get(f"/admin/leads/{lead.pk}").text
    assert all(trace in page for trace in TRACES[:4])
    assert FILE in browser.get(f"/admin/leads/{lead.pk}/email").text
    assert WORD in browser.get(f"/admin/leads/{lead.pk}", {"find": WORD}).text


def test_no_program_gets_a_trace_of_a_private_email_of_another_user(private, lead, done, client, ada, ann):
    for user in (ada, ann):
        token = make_token(user)
        for path, header in calls_of(lead):
            value = f"Bearer {token}" if header == "Authorization" else token
            answer = client.get(path, headers={header: value})
            # The older dialect answers 404 if nothing is found.
            text = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert answer.status_code == 200 or "search" in path or "notes" in path, (path, text)
            assert traces_in(text) == [], (path, user)
        headers = {"Authorization": f"Bearer {token}"}
        for path in [f"activities/{private.pk}", *(f"operations/{pk}" for pk in done)]:
            assert client.get(f"/api/v2/{path}", headers=headers).status_code == 404, (path, user)


def test_changes_of_a_private_email_are_listed_for_its_owner_only(done, bob, ada, ann):
    assert set(visible_operations_queryset(bob).filter(pk__in=done).values_list("pk", flat=True)) == set(done)
    for user in (ada, ann):
        assert not visible_operations_queryset(user).filter(pk__in=done).exists()
        assert not readable_operations_queryset(user).filter(pk__in=done).exists()


def test_the_owner_finds_a_private_email_in_the_queue_and_its_file_in_an_email(private, lead, bob, ada):
    page, other = QueuePage(bob, bob, chosen=lead.pk), QueuePage(bob, ada, chosen=lead.pk)
    page.__dict__["lead"] = other.__dict__["lead"] = lead
    assert [row.pk for row in page.earlier_activities] == [private.pk]
    assert other.earlier_activities == []
    assert [file.name for file in get_newest_files(KINDS["lead"], lead, bob)] == [FILE]
    assert get_newest_files(KINDS["lead"], lead, ada) == []


def test_exports_have_a_private_email_for_its_owner_only(private, bob, ada, ann):
    for user, number in ((bob, 1), (ada, 0), (ann, 0)):
        found = list(build_activity_rows(Selection(KINDS["lead"], QueryDict("all=1"), user)))
        written = io.StringIO()
        csv.writer(written).writerows(found)
        assert (len(found), written.getvalue().count(WORD)) == (number, number)


def test_webhooks_are_sent_nothing_about_a_private_email(private, done, bob, ada, monkeypatch):
    for user in (ada, bob):
        Webhook.objects.create(user=user, url="https://hooks.example/x")
    queued = []
    monkeypatch.setattr(
        webhook_delivery.queue_deliveries_of_operation, "defer", lambda **values: queued.append(values)
    )
    carry_out_on_activity(PinActivity(False), private, by=bob)
    change_privacy(Message.objects.get(), private=False, by=bob)
    change_privacy(Message.objects.get(), private=True, by=bob)
    assert queued == []
    assert not WebhookDelivery.objects.exists()
    for pk in done:
        assert build_visible_operation_json(Operation.objects.get(pk=pk), ada) is None


def test_no_one_is_notified_of_a_private_email(private, done, post_office):
    assert not Notification.objects.exists()
    assert post_office == []


def test_the_audit_log_has_no_word_of_a_private_email(private, done, lead):
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    assert [trace for trace in TRACES if trace in entries] == []
    assert not AuditEntry.objects.filter(table="lead", record=lead.pk).exists()


def test_another_user_neither_changes_nor_undoes_a_private_email(private, done, lead, sign_in, ada, ann):
    own = f"/admin/leads/{lead.pk}/activities/{private.pk}"
    for user in (ada, ann):
        browser = sign_in(user)
        paths = [f"{own}/pin", f"{own}/delete", *(f"/admin/operations/{pk}/undo" for pk in done)]
        for path in paths:
            assert browser.post(path).status_code == 404, path
    private.refresh_from_db()
    assert (private.pinned, private.deleted_at) == (True, None)


def test_an_email_that_becomes_private_takes_its_operations_along(arrive, bob, ada, conrad):
    activity = arrive(private=False)
    carry_out_on_activity(PinActivity(True), activity, by=ada)
    touched = Change.objects.of_row(Activity.table, activity.pk).values("operation")
    assert visible_operations_queryset(conrad).filter(pk__in=touched).count() == 2
    change_privacy(Message.objects.get(), private=True, by=bob)
    assert not visible_operations_queryset(conrad).filter(pk__in=touched).exists()
    change_privacy(Message.objects.get(), private=False, by=bob)
    assert visible_operations_queryset(conrad).filter(pk__in=touched).count() == 2


def test_the_pages_of_the_record_keep_quiet_about_an_email_that_became_private(
    arrive, lead, sign_in, ada, ann, bob
):
    arrive(private=False)
    change_privacy(Message.objects.get(), private=True, by=bob)
    for user in (ada, ann):
        browser = sign_in(user)
        for path in paths_of(lead):
            text = browser.get(path).text
            assert traces_in(text) == [], (path, user)
            # The name of the verb is also a choice in the filter of changes.
            said = text.count("Make a conversation private")
            assert said <= ("/operations" in path), (path, user)


def test_a_private_email_comes_back_with_a_record_that_another_user_deleted_permanently(
    private, lead, sign_in, ada, bob
):
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(verbs.Delete(), rows, by=ada)
    purged = carry_out(verbs.Purge(), rows, by=ada).operation
    assert not Activity.objects.filter(pk=private.pk).exists()
    browser = sign_in(ada)
    for path in (f"/admin/operations/{purged.pk}", f"/admin/operations/{purged.pk}/undo"):
        assert traces_in(browser.get(path).text) == []
    page = browser.post(f"/admin/operations/{purged.pk}/undo", follow=True).text
    assert traces_in(page) == []
    back = Activity.objects.get(pk=private.pk)
    assert (back.private_to, back.text) == (bob, private.text)
    assert not Activity.objects.visible_to(ada).exists()
