"""Values changed in place: status, owner, VIP, next action."""

import re

import pytest
from django.urls import reverse

from crm.models import SavedView
from crm.records.history.verb_execution import carry_out
from leads import fields, verbs
from leads.models import Lead
from leads.tables import LeadTable


def htmx(target):
    return {"HX-Request": "true", "HX-Target": target}


def test_the_small_form_is_a_page_and_a_fragment(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    assert "<html" in browser.get(f"/admin/leads/{lead.pk}/inline/status").text
    assert "<html" not in browser.get(f"/admin/leads/{lead.pk}/inline/status", headers=htmx("inline")).text


def test_the_response_is_the_current_row(ann, make_lead, statuses, sign_in):
    lead = make_lead()
    data = {"status": statuses.contacted.pk, "version": lead.version}
    response = sign_in(ann).post(
        f"/admin/leads/{lead.pk}/inline/status", data, headers=htmx(f"row-{lead.pk}")
    )
    assert response.text.strip().startswith("<tr")
    assert "Contacted" in response.text


def row_of(page, lead):
    return re.split("<tr |</tbody>", page.partition(f"<tr id=row-{lead.pk}>")[2])[0]


def test_the_response_row_has_the_columns_of_its_list(ann, bob, make_lead, statuses, sign_in, departments):
    lead = make_lead(owner=bob, city="Cluj")
    columns = ["name", "city", "value"]
    view = SavedView.objects.create(
        table="lead", name="Cities", owner=bob, department=departments.sales, columns=columns
    )
    for user in (ann, bob):
        browser = sign_in(user)
        for address in ("/admin/leads?all=1", f"/admin/leads?view={view.pk}&q=cluj&sort=city"):
            was = row_of(browser.get(address).text, lead)
            headers = htmx(f"row-{lead.pk}") | {"HX-Current-URL": f"http://testserver{address}"}
            for _twice in range(2):
                star = browser.post(f"/admin/leads/{lead.pk}/inline/vip", headers=headers).text
            star = row_of(star, lead)
            assert was.count("<t") > 2
            assert [was.count(text) for text in ("<td", "<th", "tick", "list=")] == [
                star.count(text) for text in ("<td", "<th", "tick", "list=")
            ]


def test_the_star_turns_on_and_off(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    for expected in (True, False):
        browser.post(f"/admin/leads/{lead.pk}/inline/vip")
        lead.refresh_from_db()
        assert lead.vip is expected


def test_next_action_and_its_date(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    browser.post(f"/admin/leads/{lead.pk}/inline/next_action", {"text": "Call", "day": "2026-12-01"})
    lead.refresh_from_db()
    assert (lead.next_action, lead.next_action_on.isoformat()) == ("Call", "2026-12-01")
    response = browser.post(f"/admin/leads/{lead.pk}/inline/next_action", {"text": "Call", "day": "someday"})
    assert response.status_code == 422
    assert 'value="someday"' in response.text


def test_changing_the_owner_requires_the_assign_permission(ann, bob, ben, make_lead, sign_in):
    lead = make_lead(owner=bob)
    assert sign_in(bob).post(f"/admin/leads/{lead.pk}/inline/owner", {"owner": ben.pk}).status_code == 403
    sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/owner", {"owner": ben.pk})
    lead.refresh_from_db()
    assert lead.owner == ben


def test_a_status_change_must_meet_the_contract(ann, make_lead, make_status, statuses, sign_in):
    strict = make_status("Strict", required_fields=["email"])
    lead = make_lead()
    browser = sign_in(ann)
    response = browser.post(f"/admin/leads/{lead.pk}/inline/status", {"status": strict.pk})
    assert response.status_code == 422
    assert "Email is required." in response.text
    assert (
        browser.post(f"/admin/leads/{lead.pk}/inline/status", {"status": statuses.lost.pk}).status_code == 422
    )
    lead.refresh_from_db()
    assert lead.version == 1


def test_a_value_changed_by_another_user_gives_409_with_both_values(ann, oscar, make_lead, statuses, sign_in):
    lead = make_lead()
    carry_out(verbs.Move(statuses.qualified), Lead.objects.present().changeable_by(oscar), by=oscar)
    data = {"status": statuses.contacted.pk, "version": 1}
    response = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/status", data)
    assert response.status_code == 409
    assert "Qualified" in response.text
    lead.refresh_from_db()
    assert lead.status == statuses.qualified


def test_an_error_in_a_row_returns_the_small_form_and_never_a_full_page(
    ann, oscar, make_lead, make_status, statuses, sign_in
):
    lead = make_lead()
    strict = make_status("Strict", required_fields=["email"])
    browser, address = sign_in(ann), f"/admin/leads/{lead.pk}/inline/status"
    wrong = browser.post(address, {"status": strict.pk, "version": 1}, headers=htmx(f"row-{lead.pk}"))
    carry_out(verbs.Move(statuses.qualified), Lead.objects.present().changeable_by(oscar), by=oscar)
    data = {"status": statuses.contacted.pk, "version": 1}
    crossed = browser.post(address, data, headers=htmx(f"row-{lead.pk}"))
    assert (wrong.status_code, crossed.status_code) == (422, 409)
    assert "Email is required." in wrong.text
    assert "Qualified" in crossed.text
    assert "<html" not in wrong.text + crossed.text


@pytest.mark.parametrize("field", ["created_at", "password", "status_id"])
def test_other_fields_are_not_found(field, ann, make_lead, sign_in):
    assert sign_in(ann).post(f"/admin/leads/{make_lead().pk}/inline/{field}", {field: "x"}).status_code == 404


def test_a_row_that_leaves_the_scope_leaves_the_list(someone_with, ben, make_lead, sign_in):
    eve = someone_with("view_lead", "change_lead", "assign_lead", "see_own")
    lead = make_lead(owner=eve)
    address, data = f"/admin/leads/{lead.pk}/inline/owner", {"owner": ben.pk, "version": lead.version}
    response = sign_in(eve).post(address, data, headers=htmx(f"row-{lead.pk}"))
    lead.refresh_from_db()
    assert (lead.owner, response.status_code, response.text) == (ben, 200, "")
    assert response["HX-Trigger"] == "records-changed, notices"


def test_the_list_links_to_the_small_forms():
    table = LeadTable([Lead(pk=7)], columns_shown=["name"], sort="name")
    for field in fields.INLINE:
        assert table.get_inline_url(7, field) == reverse("leads:inline", args=[7, field])


@pytest.mark.parametrize(
    ("field", "sent", "sentence"),
    [
        ("city", {"city": "Iași"}, "Saved. City of Ana One changed from Cluj to Iași."),
        ("city", {"city": ""}, "Saved. City of Ana One is now empty."),
        ("website", {"website": "a.example"}, "Saved. Website of Ana One is now a.example."),
        (
            "name",
            {"first_name": "Eva", "last_name": "Two"},
            "Saved. “First name” and “Last name” of Eva Two have changed.",
        ),
    ],
)
def test_what_was_saved_is_said_in_a_whole_sentence(field, sent, sentence, ann, make_lead, sign_in):
    lead = make_lead("Ana One", city="Cluj")
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/{field}", sent, follow=True)
    assert sentence in answer.text
