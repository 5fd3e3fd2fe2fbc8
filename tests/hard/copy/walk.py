"""The checks in a copy that has the changes of edits.py, such as the field `industry` of leads and a notification."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import Role
from accounts.reminders.reminder_emails import build_task_due_email
from crm.models import Change, Notification, Operation
from crm.platform.web.notifications import build_notification_lines
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Edit
from tests.api.conftest import Program, make_token
from tests.crm.transfer.exports.exporting import ALL, export, rows_of
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, upload, verdicts
from tests.crm.work.activities.attaching import attach
from tests.reading import close_up
from tests.reports.bi.role import seen
from tests.reports.conftest import asked, make_role

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
LIST = "/admin/leads"
__all__ = ["asked", "make_role"]


@pytest.fixture
def two(make_lead):
    return make_lead("Ana Steel", industry="Steel"), make_lead("Dan Paper", industry="Paper")


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_the_list_shows_it_sorts_by_it_and_finds_it(browser, two):
    assert "Industry" in browser.get(f"{LIST}/columns").text
    browser.post(f"{LIST}/columns", {"column": ["industry"]})
    up, down = (browser.get(f"{LIST}?sort={sign}industry").text for sign in ("", "-"))
    assert up.index("Paper</") < up.index("Steel</")
    assert down.index("Steel</") < down.index("Paper</")
    found = browser.get(f"{LIST}?q=steel").text
    assert "Ana Steel" in found
    assert "Dan Paper" not in found


def test_the_sort_has_its_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'lead_industry'")
        assert "industry_key" in cursor.fetchone()[0]


def test_the_form_takes_it_and_the_page_and_the_timeline_tell_it(browser, two):
    lead = two[0]
    form = browser.get(f"{LIST}/{lead.pk}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, [])}
    answer = browser.post(f"{LIST}/{lead.pk}/edit", data | {"industry": "Mining", "version": lead.version})
    assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(f"{LIST}/{lead.pk}").text
    assert "<dt>Industry</dt>" in page
    assert "changed industry" in page
    assert "<del>Steel</del>" in page
    assert "<ins>Mining</ins>" in page


def test_two_who_change_it_at_once_see_the_conflict(browser, two, ann):
    lead = two[0]
    form = browser.get(f"{LIST}/{lead.pk}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, [])}
    carry_out(Edit({"industry": "Mining"}), changeable(ann).filter(pk=lead.pk), by=ann)
    answer = browser.post(f"{LIST}/{lead.pk}/edit", data | {"industry": "Energy", "version": lead.version})
    assert answer.status_code == 409
    assert "Industry" in answer.text
    assert "Mining" in answer.text


def test_an_edit_of_it_alone_is_recorded_and_undone(two, ann):
    record = carry_out(Edit({"industry": "Energy"}), changeable(ann), by=ann).operation
    assert Change.objects.filter(operation=record, fields__has_key="industry").count() == 2
    revert_operation(record, by=ann)
    assert set(Lead.objects.values_list("industry", flat=True)) == {"Steel", "Paper"}


def test_excel_takes_it_out_and_in_also_when_nothing_else_changes(browser, two):
    rows = rows_of(export(browser))
    assert {row["Industry"] for row in rows} == {"Steel", "Paper"}
    heads = ["Lead id", "Version", "Last name", "Industry"]
    changed = [[f"#{two[0].pk}", two[0].version, "Steel", "Mining"], ["", "", "Stan", "Glass"]]
    imported = choose(browser, upload(browser, [heads, *changed]), "columns")
    assert verdicts(imported) == {"changed": 1, "new": 1}
    apply(browser, answer_plan(browser, imported))
    assert set(Lead.objects.values_list("industry", flat=True)) == {"Mining", "Paper", "Glass"}
    revert_operation(Operation.objects.get(kind="import"), by=Operation.objects.get(kind="import").by)
    assert set(Lead.objects.present().values_list("industry", flat=True)) == {"Steel", "Paper"}


def test_programs_read_it(two, ada):
    program = Program(make_token(ada), "Authorization", "Bearer ")
    assert {row["industry"] for row in program.get("/api/v2/leads")["leads"]} == {"Steel", "Paper"}


def test_what_is_derived_of_it_follows_from_the_history(two, capsys):
    call_command("check_history")
    assert "Everything matches" in capsys.readouterr().out


def test_the_new_action_has_its_button_its_preview_and_its_undo(browser, two, ada):
    assert "Call it mining" in browser.get(LIST).text
    preview = browser.post(f"{LIST}/bulk", {"action": "mining", "record": [two[0].pk, two[1].pk]})["Location"]
    assert "<b>2</b>will change" in close_up(browser.get(preview).text)
    browser.post(preview)
    assert set(Lead.objects.values_list("industry", flat=True)) == {"Mining"}
    revert_operation(Operation.objects.get(kind="call_it_mining"), by=ada)
    assert set(Lead.objects.values_list("industry", flat=True)) == {"Steel", "Paper"}


def test_the_new_filter_narrows_the_list(browser, two):
    assert "Works in steel" in browser.get(f"{LIST}/filter").text
    found = browser.get(f"{LIST}?steel=on").text
    assert "Ana Steel" in found
    assert "Dan Paper" not in found


def test_the_new_screen_answers(browser, two):
    assert browser.get(f"{LIST}/industries").text == "Paper, Steel"


def test_the_new_action_stands_among_the_kinds_actions():
    assert KINDS["lead"].get_action("mining")


def test_a_notification_of_the_action_has_its_sentence(two, ada):
    carry_out(KINDS["lead"].get_action("mining").verb({}, ada), changeable(ada).filter(pk=two[0].pk), by=ada)
    (line,) = build_notification_lines([Notification.objects.get(user=ada, kind="mining")], ada)
    assert line.words == "Ada found mining in Ana Steel."


def test_a_field_of_contacts_is_in_their_form_list_file_and_api(browser, make_contact, ada):
    contact = make_contact("Eva Nova")
    form = browser.get(f"/admin/contacts/{contact.pk}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, [])}
    url = f"/admin/contacts/{contact.pk}/edit"
    assert browser.post(url, data | {"nickname": "Evita", "version": contact.version}).status_code == 302
    browser.post("/admin/contacts/columns", {"column": ["nickname"]})
    assert "Evita" in browser.get("/admin/contacts?sort=nickname").text
    answer = browser.post(f"{reverse('contacts:export_write')}?all=1", ALL)
    exported = b"".join(answer.streaming_content)
    assert [row["Nickname"] for row in rows_of(exported, "Contacts")] == ["Evita"]
    program = Program(make_token(ada), "Authorization", "Bearer ")
    assert [row["nickname"] for row in program.get("/api/v2/contacts")["contacts"]] == ["Evita"]


def test_a_report_has_the_new_measure(asked, make_lead, ada):
    make_lead("Ana Steel", value=100)
    make_lead("Dan Paper")
    assert asked("measure=valued&period=all", ada).total.get_count("valued") == 1


def test_a_report_has_the_new_subject(asked, browser, two, ada):
    attach(browser, two[0])
    assert asked("measure=files&period=all", ada).total.get_count("files") == 1


def test_the_views_for_bi_tools_have_the_new_column(two, make_role):
    make_role("--all")
    assert seen("leads", "industry") == ["Paper", "Steel"]


def test_an_email_has_its_new_text(two, make_task, ada):
    task = make_task("Call back", two[0], user=ada)
    assert "Call, don't write." in build_task_due_email(ada, task.pk).body


def test_the_grid_of_a_role_offers_the_new_permission_and_shipped_roles_have_it(browser, db):
    manager, rep = (Role.objects.get(key=key) for key in ("manager", "rep"))
    assert 'value="leads.praise_lead"' in browser.get(f"/admin/roles/{manager.pk}").text
    assert manager.permissions.filter(codename="praise_lead").exists()
    assert not rep.permissions.filter(codename="praise_lead").exists()
