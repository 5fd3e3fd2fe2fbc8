"""Filters by the reader's own department, and by an import."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Role, User
from crm.models import Import
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.crm.records.listing.pages import listing
from tests.crm.transfer.imports.importing import apply, choose, upload

pytestmark = pytest.mark.django_db(databases=["default", "progress"])


def names(user, query: str) -> str:
    ids = listing(user, query).get_page(50).ids
    return "".join(sorted(Lead.objects.filter(pk__in=ids).values_list("last_name", flat=True)))


@pytest.fixture
def leads(cast, departments, make_lead):
    make_lead("A", owner=cast.ann, created_by=cast.bob)
    make_lead("B", owner=cast.bob, department=departments.export)
    make_lead("C", owner=cast.carla, department=departments.export, created_by=cast.carla)
    make_lead("D")
    make_lead("E", owner=cast.carla)


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("ada", "owner=team", "AB"),
        ("ada", "owner=team&owner_not=on", "CDE"),
        ("ada", "owner=team&owner=none", "ABD"),
        ("ada", "created_by=team", "A"),
        ("ada", "department=team", "ADE"),
        ("ada", "department=team&department_not=on", "BC"),
        ("ada", "department=team&sort=company", "ADE"),
        ("ann", "owner=team", "A"),
        ("bob", "owner=team", "B"),
        ("carla", "owner=team", "CE"),
        ("carla", "department=team&owner=team", "C"),
    ],
)
def test_the_own_department_is_that_of_the_reader(who, query, found, leads, cast):
    assert names(getattr(cast, who), query) == found


def test_the_own_department_reads_as_a_sentence(leads, ann):
    words = listing(ann, "owner=me&owner=team&department=team").filters.describe()
    assert words == "owner me or my department, department my department"


def test_a_user_without_departments_finds_nothing_in_them(leads, someone_with):
    eve = someone_with("view_lead", "see_all")
    eve.memberships.all().delete()
    eve = User.objects.with_rights().get(pk=eve.pk)
    assert names(eve, "all=1") == "ABCDE"
    assert names(eve, "owner=team") == names(eve, "department=team") == ""


# Of one import


@pytest.fixture
def imported(ann, make_lead, sign_in) -> Import:
    """An import of ann that adds New, changes Known and leaves Same as it is; Other isn't in the file."""
    make_lead("Known", email="k@x.ro", owner=ann)
    make_lead("Same", email="s@x.ro", city="Iași", owner=ann)
    make_lead("Other", owner=ann)
    browser = sign_in(ann)
    rows = [
        ["Last name", "Email", "City"],
        ["New", "n@x.ro", "Cluj"],
        ["Known", "k@x.ro", "Arad"],
        ["Same", "s@x.ro", "Iași"],
    ]
    file = choose(browser, upload(browser, rows, "fair.xlsx"), "columns", mode="both")
    return apply(browser, file)


def test_the_leads_that_an_import_added_or_changed_are_found(imported, ann):
    assert imported.state == Import.State.DONE
    assert names(ann, f"imported={imported.pk}") == "KnownNew"
    assert names(ann, f"imported={imported.pk}&city.is=cluj") == "New"
    assert listing(ann, f"imported={imported.pk}").filters.describe() == "import fair.xlsx"


def test_its_leads_stay_within_the_scope_of_the_viewer(imported, bob):
    role = Role.objects.create(name="Imports of all")
    role.permissions.set(Permission.objects.filter(codename__in=["view_import", "import_lead", "add_lead"]))
    bob.groups.add(role)
    bob = User.objects.with_rights().get(pk=bob.pk)
    with operation("test", by=None):
        Lead.objects.filter(last_name="New").update(owner=bob)
    assert names(bob, f"imported={imported.pk}") == "New"


@pytest.mark.parametrize("who", ["oscar", "carla", "bob", "dan"])
def test_an_import_of_another_user_is_as_unknown_as_a_missing_one(who, imported, cast, sign_in):
    client = sign_in(getattr(cast, who))
    for number in (imported.pk, 987654321):
        response = client.get(f"/admin/leads?imported={number}")
        assert response.status_code == 400
        assert f"Import {number} doesn’t exist, or you can’t view it." in response.text


def test_who_may_not_import_can_no_longer_filter_by_their_own_import(imported, ann, sign_in):
    ann.groups.get().permissions.remove(Permission.objects.get(codename="import_lead"))
    response = sign_in(ann).get(f"/admin/leads?imported={imported.pk}")
    assert response.status_code == 400
    assert "imported" not in sign_in(ann).get("/admin/leads/filter/add").text


@pytest.mark.parametrize("number", ["x", "-1", "1e3", "9" * 30, "٣"])
def test_a_number_that_cannot_be_read_is_named(number, ann, sign_in):
    response = sign_in(ann).get("/admin/leads", {"imported": number})
    assert response.status_code == 400
    assert "doesn’t exist" in response.text


def test_a_form_offers_the_imports_that_the_user_may_view(imported, ann, carla, sign_in):
    page = sign_in(ann).get("/admin/leads/filter/imported").text
    assert f'<option value="{imported.pk}">fair.xlsx, ' in page
    assert "fair.xlsx" not in sign_in(carla).get("/admin/leads/filter/imported").text


def test_the_receipt_of_an_import_leads_to_its_leads(imported, ann, sign_in):
    page = sign_in(ann).get(f"/admin/imports/{imported.pk}").text
    assert f'href="/admin/leads?imported={imported.pk}"' in page
