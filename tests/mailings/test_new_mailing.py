"""A mailing for selected records: from the list to the scheduled mailing, and back by undo."""

import re

import pytest

from crm.models import FrozenSet, Operation, SavedView
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


def waiting(mailing: Mailing) -> list[str]:
    rows = Delivery.objects.of_mailing(mailing).in_state("waiting").order_by("record")
    return [row.address for row in rows]


def seen_in(page) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page.text)[1]


@pytest.fixture
def leads(make_lead, ann):
    return [
        make_lead("Jan Novák", email="jan@a.example", owner=ann),
        make_lead("Eva Pop", email="eva@b.example", owner=ann, vip=True),
        make_lead("Ion Fără", email="", owner=ann),
    ]


def test_selected_leads_become_a_mailing_that_is_scheduled_with_its_recipients(
    leads, ann, sign_in, departments
):
    browser = sign_in(ann)
    answer = browser.post(
        "/admin/leads/bulk",
        {"action": "mailing", "record": [lead.pk for lead in leads]},
        query_params={"q": ""},
    )
    frozen = FrozenSet.objects.get()
    assert answer["Location"].startswith(f"/admin/mailings/new?of=lead&set={frozen.pk}&back=")
    assert "Selected: 3 leads" in browser.get(answer["Location"]).text
    answer = browser.post(answer["Location"], {"subject": "Price list", "department": departments.sales.pk})
    mailing = Mailing.objects.get()
    assert answer["Location"].startswith(f"/admin/mailings/{mailing.pk}?back=")
    assert mailing.ids == [lead.pk for lead in leads]
    page = browser.get(answer["Location"])
    assert "The email has no text yet." in page.text
    assert "No email address" in page.text
    with operation("test", by=None):
        Mailing.objects.update(text="Hello")
    page = browser.get(f"/admin/mailings/{mailing.pk}/send")
    assert "Send to 2 recipients" in page.text
    browser.post(f"/admin/mailings/{mailing.pk}/send", {"seen": seen_in(page)})
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"
    assert waiting(mailing) == ["jan@a.example", "eva@b.example"]
    revert_operation(Operation.objects.get(kind="schedule_mailing"), by=ann)
    mailing.refresh_from_db()
    assert mailing.state == "draft"
    assert not Delivery.objects.of_mailing(mailing).exists()


def test_a_mailing_whose_recipients_have_changed_since_is_shown_again(leads, ann, sign_in, make_mailing):
    mailing = make_mailing(leads, by=ann)
    browser = sign_in(ann)
    seen = seen_in(browser.get(f"/admin/mailings/{mailing.pk}/send"))
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).update(email="other@a.example")
    page = browser.post(f"/admin/mailings/{mailing.pk}/send", {"seen": seen})
    assert page.status_code == 409
    assert "The recipients have changed since you opened this page." in page.text
    mailing.refresh_from_db()
    assert mailing.state == "draft"
    answer = browser.post(f"/admin/mailings/{mailing.pk}/send", {"seen": seen_in(page)})
    assert answer.status_code == 302


def test_undoing_a_new_mailing_deletes_it_and_undoing_that_brings_it_back(leads, ann, sign_in, departments):
    frozen = freeze_set(ann, "lead", [lead.pk for lead in leads], "")
    browser = sign_in(ann)
    values = {"subject": "Price list", "department": departments.sales.pk}
    browser.post(f"/admin/mailings/new?of=lead&set={frozen.pk}", values)
    undone = revert_operation(Operation.objects.get(kind="add_mailing"), by=ann)
    assert not Mailing.objects.exists()
    revert_operation(undone.operation, by=ann)
    assert Mailing.objects.get().ids == [lead.pk for lead in leads]


@pytest.fixture
def view(ann):
    return SavedView.objects.create(table="lead", owner=ann, name="Important ones", query="vip=yes")


@pytest.mark.parametrize(("chosen", "later"), [("now", 1), ("later", 2)])
def test_a_saved_view_is_read_now_or_when_sending_begins(chosen, later, leads, view, ann, sign_in, make_lead):
    values = {
        "subject": "News",
        "department": ann.department_ids[0],
        "records": f"lead:{view.pk}",
        "chosen": chosen,
    }
    sign_in(ann).post("/admin/mailings/new", values)
    mailing = Mailing.objects.get()
    assert preview_recipient_counts(mailing).receiving_count == 1
    make_lead("Ana Pop", email="ana@c.example", vip=True)
    assert preview_recipient_counts(mailing).receiving_count == later


def test_a_saved_view_of_another_user_is_not_accepted(view, ben, bob, someone_with, sign_in):
    eve = someone_with("add_mailing", "view_mailing", "view_lead")
    values = {"subject": "News", "records": f"lead:{view.pk}", "chosen": "now"}
    assert sign_in(eve).post("/admin/mailings/new", values).status_code == 422
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    "query", ["of=lead&set=999999", "of=lead&set=x", "of=deal&set=1", "set=1", "of=lead&set=-1"]
)
def test_a_set_that_is_not_the_users_is_not_found(query, leads, ann, ben, sign_in):
    freeze_set(ben, "lead", [leads[0].pk], "")
    assert sign_in(ann).get(f"/admin/mailings/new?{query}").status_code == 404


def test_a_subject_stays_on_one_line(leads, ann, sign_in):
    values = {"department": ann.department_ids[0], "records": "lead:all", "chosen": "later"}
    sign_in(ann).post("/admin/mailings/new", values | {"subject": "News\r\nBcc: all@a.example"})
    assert Mailing.objects.get().subject == "News Bcc: all@a.example"


def test_the_entry_in_the_menu_is_for_users_who_may_send_mailings(leads, ann, bob, sign_in):
    entry = "name=action value=mailing"
    assert entry in sign_in(ann).get("/admin/leads?all=1").text
    assert entry not in sign_in(ann).get("/admin/deals?all=1").text
    browser = sign_in(bob)
    assert entry not in browser.get("/admin/leads?all=1").text
    answer = browser.post("/admin/leads/bulk?q=", {"action": "mailing", "record": leads[0].pk})
    assert answer.status_code == 403


def test_a_saved_view_that_would_drop_a_condition_is_not_accepted(leads, view, ann, sign_in):
    view.query = "vip=yes&c999.is=A1"
    view.save()
    values = {"subject": "News", "department": ann.department_ids[0], "records": f"lead:{view.pk}"}
    page = sign_in(ann).post("/admin/mailings/new", values | {"chosen": "now"})
    assert page.status_code == 422
    assert "The filter uses a field that was deleted" in page.text
