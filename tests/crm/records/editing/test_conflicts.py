"""Two users on one lead: a colleague's change is never overwritten unseen, whichever button is clicked."""

import re

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled


def by(user, verb) -> None:
    carry_out(verb, Lead.objects.present().changeable_by(user), by=user)


def test_a_third_edit_shows_while_the_second_user_still_chooses(ann, oscar, make_lead, sign_in):
    lead = make_lead(city="Cluj", company="Carpați")
    old = filled(lead, city="Sibiu", company="Carpați SRL")
    by(oscar, verbs.Edit({"city": "Iași"}))
    browser = sign_in(ann)
    page = browser.post(f"/admin/leads/{lead.pk}/edit", old).text
    decided = re.search(r'name="decided" value="(\d+)"', page)[1]
    by(oscar, verbs.Edit({"company": "Delta"}))
    answer = browser.post(f"/admin/leads/{lead.pk}/edit", {**old, "decided": decided, "keep_city": "mine"})
    assert answer.status_code == 409
    assert "Delta" in answer.text
    assert 'name="keep_city" value="mine"' in answer.text, "what was chosen already is sent along"
    lead.refresh_from_db()
    assert (lead.city, lead.company) == ("Iași", "Delta")


def test_an_edit_that_a_colleagues_change_makes_invalid_meanwhile_says_why(
    ann, oscar, make_lead, make_status, sign_in, monkeypatch
):
    strict = make_status("Strict", required_fields=["email"])
    lead = make_lead(email="jan@example.com")

    def meanwhile(*arguments, **values):
        by(oscar, verbs.Edit({"email": ""}))
        return carry_out(*arguments, **values)

    monkeypatch.setattr("crm.work.screens.views.edit.carry_out", meanwhile)
    page = sign_in(ann).post(f"/admin/leads/{lead.pk}/edit", filled(lead, status=strict.pk)).text
    assert "Email is required" in page


def test_a_stale_click_does_not_remove_a_colleagues_star(ann, oscar, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    button = re.search(r"class=star name=wanted value=(on|off)", browser.get("/admin/leads").text)
    by(oscar, verbs.SetVip(True))
    browser.post(f"/admin/leads/{lead.pk}/inline/vip", {"wanted": button[1]})
    lead.refresh_from_db()
    assert lead.vip
    assert Operation.objects.filter(kind="vip").count() == 1


def test_a_stale_click_on_the_status_path_shows_the_colleagues_change_and_asks(
    ann, oscar, make_lead, statuses, sign_in
):
    lead = make_lead()
    browser = sign_in(ann)
    version = re.search(r'name="version" value="(\d+)"', browser.get(f"/admin/leads/{lead.pk}").text)[1]
    by(oscar, verbs.Move(statuses.qualified))
    sent = {"status": statuses.contacted.pk, "version": version}
    answer = browser.post(f"/admin/leads/{lead.pk}/move", sent)
    assert answer.status_code == 409
    assert "Oscar changed" in answer.text
    assert "Qualified" in answer.text
    lead.refresh_from_db()
    assert lead.status == statuses.qualified
    seen = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    browser.post(f"/admin/leads/{lead.pk}/move", {**sent, "version": seen, "filled": "1"})
    lead.refresh_from_db()
    assert lead.status == statuses.contacted


def test_a_department_without_the_owner_is_an_error_on_its_field(ada, bob, departments, make_lead, sign_in):
    lead = make_lead(owner=bob)
    answer = sign_in(ada).post(f"/admin/leads/{lead.pk}/edit", filled(lead, department=departments.export.pk))
    assert answer.status_code == 422
    assert "Bob isn’t in this department" in answer.text
    browser = sign_in(ada)
    browser.post(f"/admin/leads/{lead.pk}/edit", filled(lead, department=departments.export.pk, owner=""))
    lead.refresh_from_db()
    assert (lead.department, lead.owner) == (departments.export, None)


@pytest.mark.parametrize("way", ["inline", "form"])
def test_an_assignment_across_departments_says_where_the_lead_went(way, ada, bob, dan, make_lead, sign_in):
    lead = make_lead(owner=bob)
    browser = sign_in(ada)
    if way == "inline":
        answer = browser.post(
            f"/admin/leads/{lead.pk}/inline/owner", {"owner": dan.pk, "version": 1}, follow=True
        )
    else:
        answer = browser.post(f"/admin/leads/{lead.pk}/edit", filled(lead, owner=dan.pk), follow=True)
    assert "This record has moved to the Export department." in answer.text


def test_assigning_a_lead_out_of_your_scope_works_and_removes_its_row(someone_with, bob, make_lead, sign_in):
    eve = someone_with("view_lead", "change_lead", "assign_lead", "see_own")
    first, second = make_lead(owner=eve), make_lead(owner=eve)
    browser = sign_in(eve)
    row = {"HX-Request": "true", "HX-Target": f"row-{first.pk}"}
    sent = {"owner": bob.pk, "version": 1}
    answer = browser.post(f"/admin/leads/{first.pk}/inline/owner", sent, headers=row)
    assert (answer.status_code, answer.content) == (200, b"")
    answer = browser.post(f"/admin/leads/{second.pk}/inline/owner", sent)
    assert answer["Location"] == "/admin/leads?all=1"
    assert Lead.objects.filter(owner=bob).count() == 2


def test_a_changed_row_makes_the_list_count_again(ann, make_lead, sign_in):
    lead = make_lead()
    row = {"HX-Request": "true", "HX-Target": f"row-{lead.pk}"}
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/vip", {"wanted": "on"}, headers=row)
    assert answer["HX-Trigger"] == "records-changed, notices"
