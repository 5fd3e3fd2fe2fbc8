"""Saved views: private or shared, with an owner, one of them as the start view."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import ListSettings, SavedView


@pytest.fixture
def view(ann):
    return SavedView.objects.create(table="lead", owner=ann, name="VIPs", query="vip=yes")


def test_the_current_list_is_saved_under_a_name(ann, sign_in):
    response = sign_in(ann).post("/admin/leads/views/new?vip=yes&sort=-name&after=x", {"name": "VIPs"})
    view = SavedView.objects.get(owner=ann)
    assert (view.name, view.query) == ("VIPs", "vip=yes&sort=-name")
    assert response["Location"] == f"/admin/leads?view={view.pk}&vip=yes&sort=-name"


def test_a_view_without_a_name_is_an_error_and_keeps_the_input(ann, departments, sign_in):
    data = {"name": "", "audience": f"department-{departments.sales.pk}"}
    response = sign_in(ann).post("/admin/leads/views/new?vip=yes", data)
    assert response.status_code == 422
    assert f'value="department-{departments.sales.pk}" selected' in response.text
    assert not SavedView.objects.exists()


def test_a_private_view_is_visible_only_to_its_owner(ann, oscar, view, sign_in):
    assert "VIPs" in sign_in(ann).get("/admin/leads").text
    assert "VIPs" not in sign_in(oscar).get("/admin/leads").text


def test_a_view_for_a_department_is_visible_to_its_members(ann, oscar, carla, departments, sign_in):
    sign_in(ann).post(
        "/admin/leads/views/new?vip=yes", {"name": "VIPs", "audience": f"department-{departments.sales.pk}"}
    )
    assert "VIPs" in sign_in(oscar).get("/admin/leads").text
    assert "VIPs" not in sign_in(carla).get("/admin/leads").text


def test_sharing_a_view_requires_the_permission(bob, departments, sign_in):
    data = {"name": "VIPs", "audience": f"department-{departments.sales.pk}"}
    assert sign_in(bob).post("/admin/leads/views/new?vip=yes", data).status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_cannot_be_shared_with_another_department(ann, departments, sign_in):
    data = {"name": "VIPs", "audience": f"department-{departments.export.pk}"}
    assert sign_in(ann).post("/admin/leads/views/new?vip=yes", data).status_code == 422


def test_only_its_owner_can_change_and_delete_a_view(ann, oscar, view, sign_in):
    browser = sign_in(oscar)
    for path in (f"/admin/leads/views/{view.pk}", f"/admin/leads/views/{view.pk}/remove"):
        assert browser.post(path, {"name": "Mine"}).status_code == 404
    assert sign_in(ann).post(f"/admin/leads/views/{view.pk}", {"name": "Stars"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.query) == ("Stars", "vip=yes")
    assert sign_in(ann).post(f"/admin/leads/views/{view.pk}/remove").status_code == 302
    assert not SavedView.objects.exists()


def test_the_start_view_opens_first_and_all_leads_stay_reachable(ann, view, sign_in):
    browser = sign_in(ann)
    browser.post(f"/admin/leads/views/{view.pk}/start")
    assert browser.get("/admin/leads")["Location"] == f"/admin/leads?view={view.pk}&vip=yes"
    assert browser.get("/admin/leads?all=1").status_code == 200
    browser.post(f"/admin/leads/views/{view.pk}/start")
    assert ListSettings.objects.get(user=ann).start_views == {"lead": None}


def test_another_users_private_view_cannot_be_the_start_view(oscar, view, sign_in):
    assert sign_in(oscar).post(f"/admin/leads/views/{view.pk}/start").status_code == 404


def test_a_shared_view_shows_each_reader_their_own_leads(ann, carla, departments, make_lead, sign_in):
    make_lead("Ana Sales", vip=True)
    make_lead("Ana Export", vip=True, department=departments.export)
    view = SavedView.objects.create(
        table="lead", owner=ann, name="VIPs", query="vip=yes", role=carla.groups.get()
    )
    page = sign_in(carla).get(f"/admin/leads?{view.address}").text
    assert "Ana Export" in page
    assert "Ana Sales" not in page


@pytest.mark.parametrize("path", ["leads/views", "leads/columns", "leads/export"])
def test_list_settings_are_loaded_with_the_signed_in_user(path, ann, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "zip"]})
    browser = sign_in(ann)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/admin/{path}").status_code == 200
    assert not [query for query in asked if 'FROM "leads_listsettings"' in query["sql"]]


def test_a_view_keeps_the_columns_that_its_owner_sees(ann, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "zip"]})
    sign_in(ann).post("/admin/leads/views/new?vip=yes", {"name": "VIPs", "keep_columns": "on"})
    assert SavedView.objects.get(owner=ann).columns == ["name", "zip"]


def test_a_changed_view_keeps_its_own_columns_and_a_view_saved_from_it_has_them_too(ann, view, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "zip"]})
    SavedView.objects.filter(pk=view.pk).update(columns=["name", "city"])
    keep = {"name": "VIPs of Iași", "keep_columns": "on"}
    sign_in(ann).post(f"/admin/leads/views/{view.pk}?vip=yes", keep)
    sign_in(ann).post(f"/admin/leads/views/new?vip=no&view={view.pk}", keep | {"name": "Others"})
    found = dict(SavedView.objects.owned_by(ann).values_list("name", "columns"))
    assert found == {"VIPs of Iași": ["name", "city"], "Others": ["name", "city"]}


def test_deleting_a_view_asks_for_confirmation(ann, departments, view, sign_in):
    browser = sign_in(ann)
    address = f"/admin/leads/views/{view.pk}/remove"
    assert address in browser.get("/admin/leads/views").text
    page = browser.get(address).text
    assert "VIPs" in page
    assert "Everyone it’s shared with loses it too. No" not in page
    SavedView.objects.update(department=departments.sales)
    assert "Everyone it’s shared with loses it too. No" in browser.get(address).text
    assert SavedView.objects.exists()
    browser.post(address)
    assert not SavedView.objects.exists()


def test_a_view_whose_filter_was_changed_can_be_changed_by_its_owner_only(
    ann, oscar, departments, view, sign_in
):
    SavedView.objects.update(department=departments.sales)
    browser = sign_in(ann)
    assert "Edit view" not in browser.get(f"/admin/leads?{view.address}").text
    address, changed = f"/admin/leads?{view.address}&q=fair", f"/admin/leads/views/{view.pk}?q=fair&vip=yes"
    assert "Edit view" in browser.get(address).text
    dialog = browser.get(changed, headers={"HX-Request": "true", "HX-Target": "dialog"})
    assert "<html" not in dialog.text
    answer = browser.post(
        changed, {"name": view.name, "audience": f"department-{departments.sales.pk}"}, follow=True
    )
    assert "Saved" in answer.text
    view.refresh_from_db()
    assert view.parameters.dict() == {"vip": "yes", "q": "fair"}
    assert "Edit view" not in sign_in(oscar).get(f"/admin/leads?view={view.pk}&q=other").text


def test_a_new_view_comes_last(ann, departments, view, sign_in):
    SavedView.objects.filter(pk=view.pk).update(position=4, department=departments.sales)
    sign_in(ann).post("/admin/leads/views/new?q=fair", {"name": "The fair", "audience": ""})
    names = SavedView.objects.visible_to(ann).in_order().values_list("name", flat=True)
    assert list(names)[-1] == "The fair"


def test_a_view_is_duplicated_with_its_filter_under_a_name_that_says_so(ann, bob, sign_in):
    role = bob.groups.get()
    view = SavedView.objects.create(
        table="lead", owner=ann, name="Hot in Cluj", query="vip=yes&q=cluj", role=role
    )
    browser = sign_in(bob)
    assert f"views/new?view={view.pk}&amp;vip=yes" in browser.get("/admin/leads/views").text
    address = f"/admin/leads/views/new?{view.address}&copy=1"
    form = browser.get(address).context["form"]
    assert form["name"].value() == "Copy of Hot in Cluj"
    assert browser.post(address, {"name": "Copy of Hot in Cluj", "audience": ""}).status_code == 302
    own = SavedView.objects.get(owner=bob)
    assert (own.name, own.query) == ("Copy of Hot in Cluj", "vip=yes&q=cluj")
    assert SavedView.objects.get(pk=view.pk).owner == ann
