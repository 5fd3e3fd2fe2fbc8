"""Departments: list, add, edit, and retire an empty one."""

import pytest

from accounts.models import Department, Membership, User
from crm.models import Operation
from leads.models import Lead


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403_on_every_department_screen(sign_in, cast, departments, who):
    browser = sign_in(getattr(cast, who))
    pk = departments.export.pk
    for path in ("", "/new", f"/{pk}", f"/{pk}/retire"):
        assert browser.get(f"/admin/departments{path}").status_code == 403, path
    for path in ("/new", f"/{pk}", f"/{pk}/retire", f"/{pk}/restore"):
        assert browser.post(f"/admin/departments{path}", {"name": "X"}).status_code == 403, path
    assert Department.objects.filter(name="X").count() == 0


@pytest.mark.parametrize(
    ("permission", "opens"),
    [
        ("accounts.view_department", ""),
        ("accounts.add_department", "/new"),
        ("accounts.change_department", "/{}"),
        ("accounts.delete_department", "/{}/retire"),
    ],
)
def test_each_permission_opens_only_its_own_screen(sign_in, ann, departments, grant, permission, opens):
    browser = sign_in(grant(ann, permission))
    for path in ("", "/new", "/{}", "/{}/retire"):
        expected = 200 if path == opens else 403
        assert browser.get(f"/admin/departments{path.format(departments.sales.pk)}").status_code == expected


def test_the_list_counts_active_members_and_visible_leads(sign_in, ada, ben, departments, make_lead):
    make_lead()
    make_lead(deleted_at="2026-01-01T00:00:00Z")
    User.objects.filter(pk=ben.pk).update(is_active=False)
    answer = sign_in(ada).get("/admin/departments")
    (sales,) = [
        (row.members, {kind.name: number for kind, number, _seen in counts})
        for row, counts in answer.context["lines"]
        if row == departments.sales
    ]
    assert sales == (6, {"lead": 1, "company": 0, "contact": 0, "deal": 0, "request": 0})


def test_retired_departments_come_last(sign_in, ada, departments):
    Department.objects.create(name="Aaa", retired=True)
    answer = sign_in(ada).get("/admin/departments")
    assert [row.name for row, _leads in answer.context["lines"]] == ["Export", "Sales", "Aaa"]


def test_users_who_do_not_see_all_departments_see_only_their_own(sign_in, ann, departments, grant):
    permissions = [f"accounts.{act}_department" for act in ("view", "change", "delete")]
    browser = sign_in(grant(ann, *permissions))
    assert "Export" not in browser.get("/admin/departments").text
    for act in ("", "/retire"):
        assert browser.get(f"/admin/departments/{departments.export.pk}{act}").status_code == 404
        assert (
            browser.post(f"/admin/departments/{departments.export.pk}{act}", {"name": "X"}).status_code == 404
        )
    assert browser.post(f"/admin/departments/{departments.export.pk}/restore").status_code == 404
    departments.export.refresh_from_db()
    assert departments.export.name == "Export"


def test_a_new_department_can_be_chosen_immediately(sign_in, ada):
    browser = sign_in(ada)
    answer = browser.post("/admin/departments/new", {"name": "  Partners ", "country": "CZ"})
    assert answer["Location"] == "/admin/departments"
    made = Department.objects.get(name="Partners")
    assert made.country.code == "CZ"
    assert "Partners" in browser.get("/admin/users/new").text


@pytest.mark.parametrize(
    "values", [{"name": ""}, {"name": "Export"}, {"name": "x" * 101}, {"name": "Partners", "country": "XX"}]
)
def test_an_invalid_department_gets_422_and_keeps_the_input(sign_in, ada, departments, values):
    before = Department.objects.count()
    answer = sign_in(ada).post("/admin/departments/new", values)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert f'value="{values["name"]}"' in answer.text or not values["name"]
    assert Department.objects.count() == before


def test_a_renamed_department_has_its_new_name_everywhere(sign_in, ada, departments):
    browser = sign_in(ada)
    browser.post(f"/admin/departments/{departments.export.pk}", {"name": "Export Africa", "country": "ZA"})
    departments.export.refresh_from_db()
    assert (departments.export.name, departments.export.country.code) == ("Export Africa", "ZA")
    wrong = browser.post(f"/admin/departments/{departments.export.pk}", {"name": "Sales"})
    assert wrong.status_code == 422
    assert "Edit Export Africa" in wrong.text


def test_a_department_with_active_members_or_leads_cannot_be_retired(
    sign_in, ada, dan, departments, make_lead
):
    make_lead(department=departments.export)
    browser = sign_in(ada)
    page = browser.get(f"/admin/departments/{departments.export.pk}/retire").text
    assert "2 active users belong to this department." in page
    assert "1 lead to move to another department." in page
    answer = browser.post(f"/admin/departments/{departments.export.pk}/retire")
    assert answer.status_code == 422
    departments.export.refresh_from_db()
    assert not departments.export.retired


def test_its_leads_can_be_moved_from_the_page_in_one_operation(sign_in, ada, departments, make_lead):
    lead = make_lead(department=departments.export)
    make_lead()
    browser = sign_in(ada)
    page = browser.get(f"/admin/departments/{departments.export.pk}/retire").text
    assert f'action="/admin/leads/bulk?department={departments.export.pk}"' in page
    preview = browser.post(
        f"/admin/leads/bulk?department={departments.export.pk}", {"all": "1", "action": "department"}
    )["Location"]
    browser.post(preview, {"department": departments.sales.pk})
    assert Operation.objects.get(kind="change_department").changed == 1
    assert Lead.objects.get(pk=lead.pk).department == departments.sales


def test_an_empty_department_can_be_retired_and_is_no_longer_offered(sign_in, ada, departments, make_lead):
    make_lead(department=departments.export, deleted_at="2026-01-01T00:00:00Z")
    Membership.objects.filter(department=departments.export).delete()
    browser = sign_in(ada)
    assert (
        browser.post(f"/admin/departments/{departments.export.pk}/retire")["Location"] == "/admin/departments"
    )
    departments.export.refresh_from_db()
    assert departments.export.retired
    assert "retired" in browser.get("/admin/departments").text
    assert "Export" not in browser.get("/admin/users/new").text
    browser.post(f"/admin/departments/{departments.export.pk}/restore")
    departments.export.refresh_from_db()
    assert not departments.export.retired


def test_inactive_members_do_not_prevent_retiring(sign_in, ada, cast, departments):
    User.objects.filter(pk__in=[cast.carla.pk, cast.dan.pk]).update(is_active=False)
    assert sign_in(ada).post(f"/admin/departments/{departments.export.pk}/retire").status_code == 302


def test_the_only_department_cannot_be_retired(sign_in, ada, departments):
    Membership.objects.all().delete()
    departments.export.delete()
    answer = sign_in(ada).post(f"/admin/departments/{departments.sales.pk}/retire")
    assert answer.status_code == 422
    assert "It’s the only active department. Add another one first." in answer.text


def test_restoring_requires_a_post(sign_in, ada, departments):
    assert sign_in(ada).get(f"/admin/departments/{departments.export.pk}/restore").status_code == 405
