"""New leads and edits: input, errors, and two users at once."""

import pytest

from crm.models import Change, Operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead


def filled(lead=None, **values):
    """The form as a browser sends it."""
    data = {"last_name": "Novák", "currency": "EUR"}
    if lead:
        data = {
            "first_name": lead.first_name,
            "last_name": lead.last_name,
            "company": lead.company,
            "email": lead.email,
            "phone": lead.phone,
            "city": lead.city,
            "country": str(lead.country or ""),
            "value": lead.value or "",
            "currency": lead.currency,
            "status": lead.status_id,
            "source": lead.source_id,
            "department": lead.department_id,
            "owner": lead.owner_id or "",
            "tags": lead.tags,
            "version": lead.version,
            "next_action": lead.next_action,
            "next_action_on": lead.next_action_on or "",
        }
    return {**data, **values}


@pytest.fixture
def basics(statuses, sources, departments):
    return {"status": statuses.new.pk, "source": sources.event.pk, "department": departments.sales.pk}


def test_a_new_lead_is_added_with_its_operation_and_its_creator(ann, basics, sign_in):
    response = sign_in(ann).post(
        "/admin/leads/new", filled(email=" Jan@Example.COM ", phone="0722 123 456", **basics)
    )
    lead = Lead.objects.get()
    assert response["Location"] == f"/admin/leads/{lead.pk}"
    assert (lead.email, lead.email_key, lead.phone, lead.phone_normal) == (
        "Jan@Example.COM",
        "jan@example.com",
        "0722 123 456",
        "+40722123456",
    )
    assert lead.created_by == ann
    assert Operation.objects.get(kind="add").by == ann
    assert Change.objects.get(table="lead").kind == "insert"


def test_the_form_defaults_to_the_user_and_their_department(ann, departments, sign_in):
    page = sign_in(ann).get("/admin/leads/new").text
    assert f'<option value="{ann.pk}" selected>' in page
    assert f'<option value="{departments.sales.pk}" selected>' in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"last_name": ""}, "Enter at least a name, company, email or phone."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"value": "-5"}, "greater than or equal to 0"),
        ({"value": "ten"}, "Enter an amount like 1250 or 1,250.00."),
        ({"phone": "abc"}, "Enter a phone number, like +40 722 123 456."),
        ({"next_action_on": "31.11.2026"}, "Enter a date like 25 Nov 2026."),
        ({"source": ""}, "This field is required."),
        ({"status": "99999"}, "Select a valid choice."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"city": "x" * 151}, "at most 150 characters"),
        ({"first_name": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_gets_a_message_keeps_the_input_and_writes_nothing(wrong, message, ann, basics, sign_in):
    data = filled(company="Carpați Kept", **basics)
    if "last_name" in wrong:
        data["company"] = ""
    response = sign_in(ann).post("/admin/leads/new", {**data, **wrong})
    assert response.status_code == 422
    assert message in response.text
    assert data["company"] in response.text
    assert not Lead.objects.exists()
    assert not Operation.objects.filter(kind="add").exists()


def test_a_new_lead_must_meet_the_contract_of_its_status(ann, basics, statuses, make_status, sign_in):
    strict = make_status("Strict", required_fields=["email"])
    browser = sign_in(ann)
    response = browser.post("/admin/leads/new", filled(**{**basics, "status": strict.pk}))
    assert response.status_code == 422
    assert "Required for Strict." in response.text
    response = browser.post("/admin/leads/new", filled(**{**basics, "status": statuses.lost.pk}))
    assert "Choose a reason for Lost." in response.text
    assert not Lead.objects.exists()


def test_a_sales_rep_owns_new_leads_or_leaves_them_unassigned(bob, ben, basics, sign_in):
    browser = sign_in(bob)
    assert browser.post("/admin/leads/new", filled(owner=ben.pk, **basics)).status_code == 422
    assert browser.post("/admin/leads/new", filled(owner=bob.pk, **basics)).status_code == 302
    assert Lead.objects.get().owner == bob


def test_a_new_lead_cannot_go_to_another_department_without_the_assign_permission(
    bob, basics, departments, sign_in
):
    data = filled(**{**basics, "department": departments.export.pk})
    assert sign_in(bob).post("/admin/leads/new", data).status_code == 422


def test_an_owner_sets_their_department(ada, dan, basics, departments, sign_in):
    sign_in(ada).post("/admin/leads/new", filled(owner=dan.pk, **basics))
    assert Lead.objects.get().department == departments.export


def test_inactive_users_cannot_be_chosen(ann, ben, basics, sign_in):
    ben.is_active = False
    ben.save()
    assert sign_in(ann).post("/admin/leads/new", filled(owner=ben.pk, **basics)).status_code == 422


def test_adding_leads_requires_the_permission(ann, basics, sign_in):
    role = ann.groups.get()
    role.permissions.remove(role.permissions.get(codename="add_lead"))
    browser = sign_in(ann)
    assert browser.get("/admin/leads/new").status_code == 403
    assert browser.post("/admin/leads/new", filled(**basics)).status_code == 403
    assert "New lead" not in browser.get("/admin/leads").text.split("palette")[0]


def test_an_edit_writes_only_what_was_changed(ann, make_lead, sign_in):
    lead = make_lead(city="Cluj", company="Carpați", email="a@b.ro")
    sign_in(ann).post(f"/admin/leads/{lead.pk}/edit", filled(lead, city="Iași"))
    change = Change.objects.filter(row=lead.pk, table="lead", kind="update").get()
    assert change.fields == {"city": ["Cluj", "Iași"]}


def test_saving_without_a_change_leaves_no_operation(ann, make_lead, sign_in):
    lead = make_lead(city="Cluj", country="RO", value=5, next_action_on="2026-12-01", tags=[])
    lead.refresh_from_db()
    sign_in(ann).post(f"/admin/leads/{lead.pk}/edit", filled(lead))
    lead.refresh_from_db()
    assert lead.version == 1
    assert not Operation.objects.filter(kind="edit").exists()


def test_an_edit_from_an_old_page_that_touches_other_fields_is_applied(ann, oscar, make_lead, sign_in):
    lead = make_lead(city="Cluj", company="Carpați")
    old = filled(lead, company="Carpați SRL")
    carry_out(verbs.Edit({"city": "Iași"}), Lead.objects.present().changeable_by(oscar), by=oscar)
    assert sign_in(ann).post(f"/admin/leads/{lead.pk}/edit", old).status_code == 302
    lead.refresh_from_db()
    assert (lead.city, lead.company) == ("Iași", "Carpați SRL")


def test_the_second_writer_of_a_field_sees_both_values_and_chooses(ann, oscar, make_lead, sign_in):
    lead = make_lead(city="Cluj", company="Carpați")
    old = filled(lead, city="Sibiu", company="Carpați SRL")
    carry_out(verbs.Edit({"city": "Iași"}), Lead.objects.present().changeable_by(oscar), by=oscar)
    browser = sign_in(ann)
    response = browser.post(f"/admin/leads/{lead.pk}/edit", old)
    assert response.status_code == 409
    for text in ("Iași", "Sibiu", "Oscar"):
        assert text in response.text
    lead.refresh_from_db()
    assert (lead.city, lead.company) == ("Iași", "Carpați")
    browser.post(f"/admin/leads/{lead.pk}/edit", {**old, "decided": lead.version, "keep_city": "theirs"})
    lead.refresh_from_db()
    assert (lead.city, lead.company) == ("Iași", "Carpați SRL")
    choice = {"company": "X", "decided": lead.version, "keep_city": "mine"}
    browser.post(f"/admin/leads/{lead.pk}/edit", {**old, **choice})
    lead.refresh_from_db()
    assert (lead.city, lead.company) == ("Sibiu", "X")


def test_two_users_who_type_the_same_value_do_not_conflict(ann, oscar, make_lead, sign_in):
    lead = make_lead(city="Cluj")
    old = filled(lead, city="Iași")
    carry_out(verbs.Edit({"city": "Iași"}), Lead.objects.present().changeable_by(oscar), by=oscar)
    assert sign_in(ann).post(f"/admin/leads/{lead.pk}/edit", old).status_code == 302


def test_an_edit_without_the_assign_permission_keeps_the_owner(bob, ben, make_lead, sign_in):
    lead = make_lead(owner=bob)
    sign_in(bob).post(f"/admin/leads/{lead.pk}/edit", filled(lead, owner=ben.pk, city="Iași"))
    lead.refresh_from_db()
    assert (lead.owner, lead.city) == (bob, "Iași")


def test_existing_leads_are_suggested_within_the_scope(ann, carla, make_lead, sign_in):
    make_lead("Cian Byrne", company="Shannon Precision", email="c@shannon.ie")
    known = "/admin/duplicates/known/lead"
    assert "Cian Byrne" in sign_in(ann).get(f"{known}?company=SHANNON precision").text
    assert "Cian Byrne" in sign_in(ann).get(f"{known}?email=C@Shannon.ie").text
    assert "Cian Byrne" not in sign_in(carla).get(f"{known}?email=c@shannon.ie").text


def test_the_form_says_which_statuses_require_a_reason(ann, statuses, sign_in):
    page = sign_in(ann).get("/admin/leads/new").text
    assert f'<option value="{statuses.lost.pk}" data-needs-reason>' in page
    assert f'<option value="{statuses.contacted.pk}">' in page


def test_saving_without_a_change_says_so(ann, make_lead, sign_in):
    lead = make_lead("Jan Novák", city="Cluj")
    browser = sign_in(ann)
    drawn = browser.get(f"/admin/leads/{lead.pk}/edit").context["form"]
    data = {field.html_name: field.value() for field in drawn if field.value()} | {"version": lead.version}
    answer = browser.post(f"/admin/leads/{lead.pk}/edit", data, follow=True)
    assert "Nothing was changed." in answer.text
    lead.refresh_from_db()
    assert lead.version == 1
