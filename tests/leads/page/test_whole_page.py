"""The page of one lead: facts, path, timeline, neighbors, and its buttons."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead, StatusMove


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_the_page_shows_all_facts(ann, bob, make_lead, make_tag, sign_in):
    lead = make_lead(
        "Jan Novák",
        owner=bob,
        company="Severostroj",
        email="jan@severostroj.cz",
        phone="+420 602 118 331",
        value=1200,
        tags=[make_tag("fair").pk],
        description="Wants pumps",
        country="CZ",
    )
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}").text
    for text in (
        "Jan Novák",
        "Severostroj",
        "jan@severostroj.cz",
        "+420 602 118 331",
        "1,200",
        "fair",
        "Wants pumps",
        "Czechia",
    ):
        assert text in page


def test_a_lead_out_of_scope_and_a_missing_lead_get_the_same_answer(bob, ben, make_lead, sign_in):
    foreign = make_lead(owner=ben)
    browser = sign_in(bob)
    answers = [
        browser.get(f"/admin/leads/{pk}{rest}")
        for pk in (foreign.pk, 10**9)
        for rest in ("", "/edit", "/move")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({len(answer.content) for answer in answers}) == 1


def test_the_timeline_says_who_changed_which_value_from_what_to_what(
    ann, oscar, make_lead, statuses, sign_in
):
    lead = make_lead(city="Cluj")
    carry_out(verbs.Edit({"city": "Iași"}), changeable(oscar), by=oscar)
    carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann, note="After the fair")
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}").text
    assert "<del>Cluj</del>" in page
    assert "<ins>Iași</ins>" in page
    assert "Oscar" in page
    assert "moved this lead" in page
    assert page.index("New</span>") < page.index("Contacted</span>")
    assert "After the fair" in page
    assert "created this lead" in page


def test_the_timeline_shows_results_not_requests(ann, bob, oscar, make_lead, sign_in):
    lead = make_lead(owner=None)
    carry_out(verbs.Edit({"city": "Iași", "company": "Omni"}), changeable(oscar), by=oscar)
    assign = carry_out(verbs.Assign(bob), changeable(ann), by=ann).operation
    carry_out(verbs.SetVip(True), changeable(ann), by=ann)
    browser = sign_in(ann)
    browser.post(f"/admin/operations/{assign.pk}/undo")
    carry_out(verbs.Delete(), changeable(ann), by=ann)
    page = browser.get(f"/admin/leads/{lead.pk}").text
    for words in (
        "changed city and company",
        "changed owner",
        "changed VIP",
        "deleted this record",
    ):
        assert f"<span>{words}</span>" in page
    assert "Undone by Ann" in page
    assert "undid “Assign to Bob”" in browser.get(f"/admin/leads/{lead.pk}?show=changes").text
    assert "Edit city, company" not in page


def test_the_path_marks_a_stay_that_is_too_long(ann, make_lead, make_status, sign_in):
    lead = make_lead(status=make_status("Slow", most_days=3))
    StatusMove.objects.filter(lead=lead).update(entered=timezone.now() - timedelta(days=5))
    assert "5 days (limit: 3)" in sign_in(ann).get(f"/admin/leads/{lead.pk}").text


def test_a_write_outside_the_application_is_labeled(ann, make_lead, sign_in):
    from django.db import connection

    lead = make_lead()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL leadwell.strict = 'off'")
        cursor.execute("UPDATE leads_lead SET city = 'Hand' WHERE id = %s", [lead.pk])
        cursor.execute("SET LOCAL leadwell.strict = 'on'")
    assert "Database user leadwell" in sign_in(ann).get(f"/admin/leads/{lead.pk}").text


def test_the_path_moves_the_lead(ann, make_lead, statuses, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    browser.post(f"/admin/leads/{lead.pk}/move", {"status": statuses.qualified.pk})
    lead.refresh_from_db()
    assert lead.status == statuses.qualified


def test_entering_a_status_asks_for_required_fields_that_are_empty(ann, make_lead, make_status, sign_in):
    strict = make_status("Strict", required_fields=["email", "value", "company"])
    lead = make_lead(company="Carpați")
    browser = sign_in(ann)
    page = browser.post(f"/admin/leads/{lead.pk}/move", {"status": strict.pk})
    assert 'name="email"' in page.text
    assert 'name="company"' not in page.text
    data = {"status": strict.pk, "filled": "1", "email": "not an address", "value": ""}
    response = browser.post(f"/admin/leads/{lead.pk}/move", data)
    assert response.status_code == 422
    assert "not an address" in response.text
    browser.post(f"/admin/leads/{lead.pk}/move", {**data, "email": "a@b.ro", "value": "12.50"})
    lead.refresh_from_db()
    assert (lead.status, lead.email, lead.value) == (strict, "a@b.ro", 12.5)


def test_losing_a_lead_asks_for_the_reason(ann, make_lead, statuses, reasons, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    assert "Reason" in browser.post(f"/admin/leads/{lead.pk}/move", {"status": statuses.lost.pk}).text
    assert (
        browser.post(f"/admin/leads/{lead.pk}/move", {"status": statuses.lost.pk, "filled": "1"}).status_code
        == 422
    )
    data = {
        "status": statuses.lost.pk,
        "filled": "1",
        "lost_reason": reasons.budget.pk,
        "lost_remark": "no money",
    }
    browser.post(f"/admin/leads/{lead.pk}/move", data)
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason, lead.lost_remark) == (statuses.lost, reasons.budget, "no money")


def test_take_an_unassigned_lead(bob, ben, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(bob)
    assert "Take</button>" in browser.get(f"/admin/leads/{lead.pk}").text
    browser.post(f"/admin/leads/{lead.pk}/take")
    lead.refresh_from_db()
    assert lead.owner == bob
    assert sign_in(ben).post(f"/admin/leads/{lead.pk}/take").status_code == 404


def test_delete_restore_and_purge_one_lead(ann, ada, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    browser.post(f"/admin/leads/{lead.pk}/delete")
    page = browser.get(f"/admin/leads/{lead.pk}").text
    assert "In Trash since" in page
    assert "Delete permanently" not in page
    browser.post(f"/admin/leads/{lead.pk}/restore")
    assert Lead.objects.present().exists()
    browser.post(f"/admin/leads/{lead.pk}/delete")
    assert browser.post(f"/admin/leads/{lead.pk}/purge").status_code == 403
    sign_in(ada).post(f"/admin/leads/{lead.pk}/purge")
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "path", ["edit", "move", "inline/status", "inline/owner", "inline/vip", "inline/next_action"]
)
def test_a_shared_lead_can_be_seen_but_not_changed(path, dan, make_lead, statuses, sign_in):
    lead = make_lead(shared=True)
    browser = sign_in(dan)
    assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
    assert browser.post(f"/admin/leads/{lead.pk}/{path}", {"status": statuses.won.pk}).status_code == 403
    assert browser.post(f"/admin/leads/{lead.pk}/delete").status_code == 403


def test_next_and_previous_follow_the_list_you_came_from(ann, make_lead, sign_in):
    a, _b, c = make_lead("A A", country="RO"), make_lead("B B"), make_lead("C C", country="RO")
    browser = sign_in(ann)
    query = "list=country%3DRO%26sort%3Dname"
    assert browser.get(f"/admin/leads/{a.pk}/next?{query}")["Location"].startswith(
        f"/admin/leads/{c.pk}?list="
    )
    assert browser.get(f"/admin/leads/{c.pk}/previous?{query}")["Location"].startswith(
        f"/admin/leads/{a.pk}?list="
    )
    end = browser.get(f"/admin/leads/{c.pk}/next?{query}", follow=True)
    assert "This is the last record in the list." in end.text


def test_a_lead_is_marked_lost_on_its_page_with_a_reason(bob, make_lead, reasons, statuses, sign_in):
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    page = browser.get(f"/admin/leads/{lead.pk}").text
    offered = re.findall(r'data-inline\s+href="([^"]*)">\s*Move to (Lost|Disqualified)\s*</a>', page)
    assert [name for _address, name in offered] == ["Lost", "Disqualified"]
    form = browser.get(offered[0][0]).text
    assert re.search(r'<select[^>]*name="reason"[^>]*autofocus|autofocus[^>]*name="reason"', form)
    sent = {"status": statuses.lost.pk, "reason": reasons.budget.pk, "remark": "Next year"}
    browser.post(offered[0][0].partition("?")[0], sent)
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason, lead.lost_remark) == (statuses.lost, reasons.budget, "Next year")
    assert "Move to Lost" not in browser.get(f"/admin/leads/{lead.pk}").text


def test_a_reader_of_a_lead_is_offered_no_way_to_close_it(bob, ben, make_lead, sign_in):
    lead = make_lead(owner=ben, shared=True)
    assert "Move to Lost" not in sign_in(bob).get(f"/admin/leads/{lead.pk}").text


def test_the_number_of_queries_of_the_page_is_constant_and_small(
    ann, bob, make_lead, make_tag, statuses, sign_in
):
    lead = make_lead(tags=[make_tag("hot").pk])
    browser = sign_in(ann)
    numbers = []
    for round in range(2):
        for number in range(4):
            place = {"city": f"City {round} {number}", "owner": bob if number % 2 else None}
            carry_out(verbs.Edit(place), changeable(ann), by=ann)
            carry_out(verbs.Move(statuses.contacted if number % 2 else statuses.new), changeable(ann), by=ann)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
        numbers.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    # One reads what was said last. Two look for its deals and requests, one for the rules that assigned it, one for how it came in, two for its
    # consents, one for the retention rules, and two read the working time for
    # the moments of a call-back. One reads what was moved to the lead or away from it, one whether there are scores, one whether there are sequences. The last one follows when the page has been sent: its entry in the audit log.
    assert numbers[0] == numbers[1] <= 33
