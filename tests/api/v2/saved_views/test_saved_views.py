"""API v2: saved views are those of the screens, and a list with one has its records, narrowed further."""

import pytest

from crm.models import SavedView

pytestmark = pytest.mark.django_db

VIEWS, LEADS = "/api/v2/saved-views", "/api/v2/leads"


@pytest.fixture
def view(ann):
    return SavedView.objects.create(table="lead", owner=ann, name="VIPs", query="vip=yes&sort=name")


@pytest.fixture
def four(make_lead, ann):
    """VIPs from two cities, and one more lead."""
    make_lead("Zoe", vip=True, city="Cluj", owner=ann)
    make_lead("Ana", vip=True, city="Cluj", owner=ann)
    make_lead("Eva", vip=True, city="Iași", owner=ann)
    make_lead("Plain", city="Cluj", owner=ann)


def names(program, query: str) -> list[str]:
    return [lead["last_name"] or lead["first_name"] for lead in program.get(f"{LEADS}?{query}")["leads"]]


def saved(row) -> tuple:
    return row.table, row.owner_id, row.query, row.columns, row.department_id, row.role_id, row.position


def test_a_view_that_is_saved_by_a_program_is_like_one_of_the_page(ann, departments, umbra, sign_in):
    sent = {"name": "By hand", "audience": f"department-{departments.sales.pk}", "keep_columns": "on"}
    sign_in(ann).post("/admin/leads/views/new?vip=yes&sort=-name", sent)
    program = umbra(ann)
    body = {"of": "lead", "query": "vip=yes&sort=-name", "keep_columns": True}
    made = program.post(VIEWS, {**body, "name": "By program", "department": departments.sales.pk}, expect=201)
    assert program.last["Location"] == f"{VIEWS}/{made['id']}"
    by_hand, by_program = SavedView.objects.get(name="By hand"), SavedView.objects.get(name="By program")
    assert saved(by_program)[:-1] == saved(by_hand)[:-1]
    assert by_program.position == by_hand.position + 1
    assert program.get(f"{VIEWS}/{made['id']}") == made
    assert (made["may_change"], made["department"], made["role"]) == (True, departments.sales.pk, None)


def test_the_list_has_the_views_that_the_page_lists(ann, oscar, carla, departments, view, umbra, sign_in):
    SavedView.objects.create(
        table="lead", owner=ann, name="Ours", query="owner=me", department=departments.sales
    )
    SavedView.objects.create(table="company", owner=oscar, name="Firms")
    for user in (ann, oscar, carla):
        rows = sign_in(user).get("/admin/leads/views").context["rows"]
        there = [row.view.name for row in rows]
        found = umbra(user).get(f"{VIEWS}?of=lead")["saved_views"]
        assert [row["name"] for row in found] == there
    (shared, firms) = umbra(oscar).get(VIEWS)["saved_views"][::-1]
    assert (shared["name"], shared["may_change"], shared["differs_by_user"]) == ("Ours", False, True)
    assert (firms["of"], firms["may_change"]) == ("company", True)


def test_a_list_with_a_view_has_its_records_in_its_order(four, ann, view, umbra):
    program = umbra(ann)
    assert names(program, f"view={view.pk}") == ["Ana", "Eva", "Zoe"]
    assert names(program, f"view={view.pk}&city.is=Cluj&sort=-name") == ["Zoe", "Ana"]
    assert names(program, f"view={view.pk}&vip=no") == ["Plain"]


def test_days_that_a_view_has_without_a_period_apply_as_they_do_on_the_page(four, ann, umbra):
    past, future = (
        SavedView.objects.create(
            table="lead", owner=ann, name=day, query=f"vip=yes&created_from={day}&sort=name"
        )
        for day in ("2000-01-01", "2999-01-01")
    )
    program = umbra(ann)
    assert names(program, f"view={past.pk}") == ["Ana", "Eva", "Zoe"]
    assert names(program, f"view={future.pk}") == []
    program.get(f"{LEADS}?view={past.pk}&created_to=2026-05-01", expect=422)
    assert names(program, f"view={past.pk}&created=between&created_to=2000-05-01") == []


def test_pages_of_a_view_follow_each_other(four, ann, view, umbra):
    program = umbra(ann)
    first = program.get(f"{LEADS}?view={view.pk}&limit=2")
    second = program.get(f"{LEADS}?view={view.pk}&limit=2&after={first['next']}")
    assert (len(first["leads"]), len(second["leads"]), second["next"]) == (2, 1, None)


def test_a_view_is_the_filter_of_a_bulk_change(four, ann, view, umbra):
    sent = {"action": "share", "filter": f"view={view.pk}&city.is=Cluj", "preview": True}
    assert umbra(ann).post(f"{LEADS}/bulk", sent)["changed"] == 2


def test_a_view_out_of_reach_or_of_another_type_is_refused(ann, oscar, view, umbra):
    firms = SavedView.objects.create(table="company", owner=oscar, name="Firms")
    for number in (view.pk, firms.pk, view.pk + 1000):
        problem = umbra(oscar).get(f"{LEADS}?view={number}", expect=422)
        assert problem["errors"][0]["parameter"] == "view"
    umbra(oscar).get(f"{VIEWS}/{view.pk}", expect=404)


def test_a_search_in_a_view_needs_the_right_to_search(ann, umbra):
    found = SavedView.objects.create(table="lead", owner=ann, name="Found", query="q=ana&ranked=1")
    umbra(ann, ["leads.get"]).get(f"{LEADS}?view={found.pk}", expect=403)
    umbra(ann).get(f"{LEADS}?view={found.pk}")


def test_only_its_owner_changes_and_deletes_a_view(ann, oscar, departments, view, umbra):
    SavedView.objects.update(department=departments.sales)
    umbra(oscar).get(f"{VIEWS}/{view.pk}")
    umbra(oscar).patch(f"{VIEWS}/{view.pk}", {"name": "Mine"}, expect=404)
    umbra(oscar).delete(f"{VIEWS}/{view.pk}", expect=404)
    program = umbra(ann)
    changed = program.patch(f"{VIEWS}/{view.pk}", {"name": "Stars"})
    assert (changed["name"], changed["query"]) == ("Stars", view.query)
    assert changed["department"] == departments.sales.pk
    changed = program.patch(f"{VIEWS}/{view.pk}", {"query": "city.is=Cluj", "department": None})
    assert (changed["name"], changed["query"], changed["department"]) == ("Stars", "city.is=Cluj", None)
    program.delete(f"{VIEWS}/{view.pk}")
    assert not SavedView.objects.exists()


def test_sharing_needs_what_it_needs_on_the_page(ann, bob, departments, umbra):
    sent = {"of": "lead", "name": "VIPs"}
    for user, department in ((bob, departments.sales), (ann, departments.export)):
        body = {**sent, "department": department.pk}
        assert umbra(user).post(VIEWS, body, expect=422)["errors"][0]["parameter"] == "department"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"query": "made_up=1"}, "query"),
        ({"query": "sort=made_up"}, "query"),
        ({"query": "created=between&created_from=soon"}, "query"),
        ({"query": "created=between&created_from=today"}, "query"),
        ({"name": ""}, "name"),
        ({"of": "made_up"}, "of"),
        ({"department": 1, "role": 1}, "role"),
    ],
)
def test_a_view_that_no_list_could_have_is_refused(ann, umbra, sent, parameter):
    problem = umbra(ann).post(VIEWS, {"of": "lead", "name": "V", **sent}, expect=422)
    assert problem["errors"][0]["parameter"] == parameter
    assert not SavedView.objects.exists()


def test_a_user_who_sees_no_companies_saves_no_view_of_them(someone_with, umbra):
    some = someone_with("view_lead")
    SavedView.objects.create(table="company", owner=some, name="Firms")
    umbra(some).post(VIEWS, {"of": "company", "name": "V"}, expect=403)
    assert umbra(some).get(VIEWS)["saved_views"] == []
