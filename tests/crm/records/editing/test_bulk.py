"""Bulk changes on the screen: the set you saw is the set you changed, once, and every lead is accounted for."""

import pytest

from crm.models import FrozenSet, Operation
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.actions import ACTIONS
from leads.models import Lead
from tests.leads.assignment.assigning import make_rule
from tests.reading import close_up
from tests.sequences.sequencing import build_step, make_sequence, start


def post_bulk(browser, leads, action, query="", **more):
    data = {"action": action, "record": [lead.pk for lead in leads], **more}
    return browser.post(f"/admin/leads/bulk?{query}", data)


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_selected_leads_are_previewed_and_changed_as_one_operation(ann, make_lead, sign_in):
    first, second, other = make_lead("Ana One"), make_lead("Ana Two", vip=True), make_lead("Ana Three")
    browser = sign_in(ann)
    address = post_bulk(browser, [first, second], "vip")["Location"]
    page = close_up(browser.get(address).text)
    assert "<b>1</b>will change" in page
    assert "<b>1</b>already set" in page
    response = browser.post(address)
    record = Operation.objects.get(kind="vip")
    assert response["Location"] == f"/admin/operations/{record.pk}?back=%2Fadmin%2Fleads%3Fall%3D1"
    assert (record.matched, record.changed, record.unchanged, record.channel) == (2, 1, 1, "bulk")
    assert set(Lead.objects.filter(vip=True)) == {first, second}
    assert other.pk not in Lead.objects.filter(vip=True).values_list("pk", flat=True)


def test_all_that_match_means_the_leads_that_matched_at_that_time(
    ann, oscar, departments, make_lead, sign_in
):
    """Between preview and apply, leads start to match, stop matching, are edited, leave the scope, are deleted."""
    leads = [make_lead(f"Ana {number}", country="RO") for number in range(10)]
    browser = sign_in(ann)
    address = browser.post("/admin/leads/bulk?country=RO", {"action": "vip", "all": "1"})["Location"]
    late = make_lead("Late", country="RO")
    carry_out(verbs.SetCountry("DE"), changeable(ann).filter(pk=leads[0].pk), by=oscar)
    carry_out(verbs.Edit({"city": "Iași"}), changeable(ann).filter(pk=leads[1].pk), by=oscar)
    carry_out(verbs.ChangeDepartment(departments.export), changeable(ann).filter(pk=leads[2].pk), by=ann)
    carry_out(verbs.Delete(), changeable(ann).filter(pk=leads[3].pk), by=oscar)
    first, second = browser.post(address), browser.post(address)
    assert first["Location"] == second["Location"]
    record = Operation.objects.get(kind="vip")
    assert (record.matched, record.changed, record.refused) == (10, 8, 2)
    assert set(Lead.objects.filter(vip=True)) == {*leads[:2], *leads[4:]}
    late.refresh_from_db()
    assert not late.vip
    page = browser.get(first["Location"]).text
    assert "This record is in Trash." in page
    assert "You no longer have access to this record." in page


def test_clicking_the_button_twice_makes_one_operation(ann, make_lead, sign_in):
    browser = sign_in(ann)
    address = post_bulk(browser, [make_lead()], "vip")["Location"]
    browser.post(address)
    browser.post(address)
    assert Operation.objects.filter(kind="vip").count() == 1
    assert browser.get(address)["Location"].startswith("/admin/operations/")


def test_leads_out_of_scope_cannot_be_selected(ann, departments, make_lead, sign_in):
    foreign = make_lead("Ana Foreign", department=departments.export)
    browser = sign_in(ann)
    response = post_bulk(browser, [foreign], "vip")
    assert response["Location"].startswith("/admin/leads?")
    assert not FrozenSet.objects.exists()


def test_shared_leads_are_listed_as_not_changeable(ann, departments, make_lead, sign_in):
    shared = make_lead("Ana Shared", department=departments.export, shared=True)
    browser = sign_in(ann)
    page = browser.get(post_bulk(browser, [shared], "vip")["Location"]).text
    assert "You can view this record, but you can’t change it." in page
    assert "Nothing to change" in page


def test_a_frozen_set_belongs_to_one_user_and_expires_after_a_day(ann, oscar, make_lead, sign_in):
    frozen = freeze_set(ann, "lead", [make_lead().pk], "")
    assert sign_in(oscar).get(f"/admin/leads/bulk/{frozen.pk}/vip").status_code == 404
    FrozenSet.objects.update(at="2026-01-01T00:00Z")
    assert sign_in(ann).get(f"/admin/leads/bulk/{frozen.pk}/vip").status_code == 404


def test_an_unknown_action_is_not_found(ann, make_lead, sign_in):
    assert post_bulk(sign_in(ann), [make_lead()], "explode").status_code == 404


@pytest.mark.parametrize("name", [action.name for action in ACTIONS])
def test_an_action_without_its_permission_is_forbidden(name, bob, make_lead, sign_in):
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    frozen = freeze_set(bob, "lead", [lead.pk], "")
    assert post_bulk(browser, [lead], name).status_code == 403
    assert browser.get(f"/admin/leads/bulk/{frozen.pk}/{name}").status_code == 403
    assert browser.post(f"/admin/leads/bulk/{frozen.pk}/{name}").status_code == 403
    assert not Operation.objects.exclude(kind__in=["test", "install"]).exists()


def test_an_operator_may_not_assign(oscar, make_lead, sign_in):
    assert post_bulk(sign_in(oscar), [make_lead()], "assign").status_code == 403
    assert 'value="assign"' not in sign_in(oscar).get("/admin/leads").text


FORMS = {
    "status": lambda s: {"status": s.statuses.lost.pk, "reason": s.reasons.budget.pk, "remark": "x"},
    "assign": lambda s: {"owner": s.ben.pk},
    "department": lambda s: {"department": s.departments.export.pk},
    "source": lambda s: {"source": s.sources.event.pk},
    "rules": lambda s: {"owned": "keep"},
    "country": lambda s: {"country": "DE"},
    "set": lambda s: {"field": "city", "value": "Cluj"},
    "tag": lambda s: {"tags": [s.tag.pk]},
    "untag": lambda s: {"tags": [s.hot.pk]},
    "next-action": lambda s: {"text": "Call", "day": "2026-12-01"},
    "add_note": lambda s: {"text": "Call"},
    "log_call": lambda s: {"outcome": "reached"},
    "add_task": lambda s: {"title": "Send an offer"},
    "start_sequence": lambda s: {"sequence": s.sequence.pk},
    "stop_sequence": lambda s: {"sequence": s.sequence.pk},
}


@pytest.mark.parametrize(
    "name", [action.name for action in ACTIONS if not action.in_trash and action.name != "pipeline"]
)
def test_every_action_works_on_the_screen_and_can_be_undone(
    name, ann, ada, ben, departments, statuses, sources, reasons, make_lead, make_tag, sign_in
):
    from types import SimpleNamespace

    make_rule("Everyone", user=ben)
    hot = make_tag("hot")
    things = SimpleNamespace(
        ben=ben,
        departments=departments,
        statuses=statuses,
        sources=sources,
        reasons=reasons,
        tag=make_tag("new"),
        hot=hot,
        sequence=make_sequence("One", build_step("call", title="Call")),
    )
    values = {"vip": name == "unvip", "shared": name == "unshare", "email": "jan@example.com"}
    lead = make_lead(tags=[hot.pk], **values)
    if name == "stop_sequence":
        start(things.sequence, ann, lead)
    before = Lead.objects.filter(pk=lead.pk).values().get()
    browser = sign_in(ann)
    address = post_bulk(browser, [lead], name)["Location"]
    data = FORMS[name](things) if name in FORMS else {}
    assert "<b>1</b>will change" in close_up(browser.get(address, data).text)
    response = browser.post(address, data)
    assert response.status_code == 302
    assert browser.get(response["Location"]).status_code == 200
    operation = response["Location"].partition("?")[0]
    # A lead that left its author's departments is undone by a user who may still change it.
    undoing = sign_in(ada) if name == "department" else browser
    assert undoing.get(f"{operation}/undo").status_code == 200
    assert undoing.post(f"{operation}/undo").status_code == 302
    after = Lead.objects.filter(pk=lead.pk).values().get()
    for column in ("version", "updated_at"):
        before.pop(column), after.pop(column)
    assert before == after


def test_lost_without_a_reason_is_an_error_on_the_field(ann, make_lead, statuses, sign_in):
    browser = sign_in(ann)
    address = post_bulk(browser, [make_lead()], "status")["Location"]
    assert "Choose a reason for Lost." in browser.get(address, {"status": statuses.lost.pk}).text
    response = browser.post(address, {"status": statuses.lost.pk})
    assert response.status_code == 422
    assert not Operation.objects.filter(kind="move").exists()


def test_the_preview_says_when_leads_leave_your_department(ann, departments, make_lead, sign_in):
    browser = sign_in(ann)
    address = post_bulk(browser, [make_lead("A B"), make_lead("C D", shared=True)], "department")["Location"]
    page = browser.get(address, {"department": departments.export.pk}).text
    assert "1 lead will move to a department you don’t have access to." in page


@pytest.mark.django_db(databases=["default", "progress"])
def test_many_leads_are_changed_by_a_job(ann, make_lead, sign_in, monkeypatch):
    from crm.models import Job
    from crm.platform.jobs import run_job

    monkeypatch.setattr("crm.records.screens.views.bulk.ROWS_AT_ONCE", 2)
    leads = [make_lead(f"Ana {number}") for number in range(3)]
    browser = sign_in(ann)
    address = post_bulk(browser, leads, "vip")["Location"]
    job = Job.objects.get(pk=int(browser.post(address, {"note": "fair"})["Location"].rpartition("/")[2]))
    assert browser.get(f"/admin/jobs/{job.pk}").status_code == 200
    run_job(job_id=job.pk)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.operation.changed, job.operation.note) == ("finished", 3, "fair")
    assert Operation.objects.filter(kind="vip").count() == 1
    assert Lead.objects.filter(vip=True).count() == 3


@pytest.mark.parametrize("lost", ["selection", "permission", "value"])
def test_a_job_changes_nothing_if_its_selection_permission_or_value_is_gone(ann, bob, oscar, make_lead, lost):
    from crm.models import Job
    from crm.platform.jobs import JOB_KINDS, JobProblem

    lead = make_lead(owner=bob)
    user = oscar if lost == "permission" else ann
    frozen = FrozenSet.objects.create(table="lead", user=user, ids=[lead.pk], count=1)
    owner = 0 if lost == "value" else ann.pk
    arguments = {"set": 0 if lost == "selection" else frozen.pk, "action": "assign", "form": {"owner": owner}}
    job = Job.objects.create(kind="bulk", user=user, arguments=arguments)
    with pytest.raises(JobProblem, match="Nothing was changed"):
        JOB_KINDS["bulk"].work(job, lambda done, total: None)
    lead.refresh_from_db()
    assert lead.owner == bob


def test_delete_restore_and_purge_from_trash(ann, conrad, ada, make_lead, sign_in):
    leads = [make_lead("Ana One"), make_lead("Ana Two")]
    carry_out(verbs.Delete(), changeable(ann), by=ann)
    browser = sign_in(ann)
    address = browser.post("/admin/leads/bulk?bin=1", {"action": "restore", "record": leads[0].pk})[
        "Location"
    ]
    browser.post(address)
    assert Lead.objects.present().get() == leads[0]
    for user in (ann, conrad):
        answer = sign_in(user).post("/admin/leads/bulk?bin=1", {"action": "purge", "record": leads[1].pk})
        assert answer.status_code == 403
    browser = sign_in(ada)
    address = browser.post("/admin/leads/bulk?bin=1", {"action": "purge", "all": "1"})["Location"]
    browser.post(address)
    assert Lead.objects.get() == leads[0]


def test_deleting_permanently_is_previewed_like_any_other_action(ada, make_lead, sign_in):
    lead = make_lead("Ana One")
    carry_out(verbs.Delete(), changeable(ada), by=ada)
    browser = sign_in(ada)
    address = browser.post("/admin/leads/bulk?bin=1", {"action": "purge", "record": lead.pk})["Location"]
    page = browser.get(address)
    assert page.status_code == 200
    assert page.context["outcome"].changed == [lead.pk]


def test_no_frozen_set_is_stored_without_the_permission(someone_with, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(someone_with("see_departments", "view_lead"))
    for action in ("vip", "export"):
        assert browser.post("/admin/leads/bulk", {"action": action, "record": lead.pk}).status_code == 403
    assert browser.post("/admin/leads/bulk", {"action": "fly", "record": lead.pk}).status_code == 404
    assert not FrozenSet.objects.exists()


def test_each_entry_of_the_menu_for_selected_records_has_an_icon(ada, make_lead, sign_in):
    make_lead("Ana One")
    page = sign_in(ada).get("/admin/leads").text
    menu = page.partition('id="bulk-more"')[2].partition("</div>")[0]
    entries = menu.split("<button")[1:]
    assert len(entries) > 10
    assert [entry for entry in entries if "<svg" not in entry] == []
