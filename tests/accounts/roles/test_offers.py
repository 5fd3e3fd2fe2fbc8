"""Pages offer only what their reader may do, and name only colleagues and departments that the reader sees."""

from types import SimpleNamespace

import pytest

from accounts.models import Role, User
from accounts.ownership.actions import get_owner_choices
from accounts.tokens.forms import TokenForm
from accounts.users.deactivation import Heirs, deactivate
from crm.models import SavedView, Token
from tests.api.conftest import make_token
from tests.conftest import make_user
from tests.reading import close_up


@pytest.fixture
def browser_without(sign_in, someone_with, ada):
    """browser_without("accounts.change_role") is someone who may do everything else."""

    def signed_in(missing: str):
        return sign_in(
            someone_with(*(name.partition(".")[2] for name in ada.granted_permissions - {missing}))
        )

    return signed_in


@pytest.fixture
def rows(cast, make_lead):
    """What the addresses below are about."""
    custom = Role.objects.create(name="Trainee")
    return SimpleNamespace(bob=cast.bob.pk, lead=make_lead().pk, trainee=custom.pk)


@pytest.mark.parametrize(
    ("path", "permission", "offered"),
    [
        ("/admin/users/{bob}", "accounts.delete_user", "/admin/users/{bob}/deactivate"),
        ("/admin/users/{bob}", "accounts.change_user", "/admin/users/{bob}/edit"),
        ("/admin/roles/{trainee}", "accounts.delete_role", "/admin/roles/{trainee}/retire"),
        ("/admin/roles/{trainee}", "accounts.change_role", ">Save"),
        ("/admin/jump?q=export leads", "leads.export_lead", "/admin/leads/export"),
        ("/admin/jump?q=import leads", "leads.import_lead", "/admin/leads/import"),
        ("/admin/leads?all=1", "leads.export_lead", "/admin/leads/export"),
        ("/admin/leads?all=1", "leads.import_lead", "/admin/leads/import"),
        ("/admin/exports", "customers.export_company", "/admin/companies/export"),
        ("/admin/imports", "customers.import_company", "/admin/companies/import"),
        ("/admin/imports", "customers.add_company", "/admin/companies/import"),
        ("/admin/leads/import", "leads.export_lead", "/admin/leads/export"),
        ("/admin/leads/{lead}", "leads.change_lead", "/admin/leads/{lead}/edit"),
    ],
)
def test_a_page_offers_only_what_its_reader_may_do(
    sign_in, ada, browser_without, rows, path, permission, offered
):
    path, offered = path.format(**vars(rows)), offered.format(**vars(rows))
    assert offered in close_up(sign_in(ada).get(path).text)
    answer = browser_without(permission).get(path)
    assert answer.status_code == 200
    assert offered not in close_up(answer.text)


def test_the_palette_offers_imports_and_exports_only_to_users_who_may_open_them(sign_in, ann, bob):
    for path in ("/admin/imports", "/admin/exports"):
        word = path.rpartition("/")[2]
        assert f'"{path}"' in sign_in(ann).get(f"/admin/jump?q={word}").text
        assert f'"{path}"' not in sign_in(bob).get(f"/admin/jump?q={word}").text


def test_the_page_of_a_user_with_more_permissions_says_so_and_offers_nothing(
    sign_in, ann, oscar, sofia, grant
):
    browser = sign_in(grant(ann, "accounts.view_user", "accounts.change_user", "accounts.delete_user"))
    assert f"/admin/users/{oscar.pk}/edit" in browser.get(f"/admin/users/{oscar.pk}").text
    page = browser.get(f"/admin/users/{sofia.pk}").text
    for act in ("edit", "deactivate"):
        assert f"/admin/users/{sofia.pk}/{act}" not in page


def test_the_page_of_a_role_names_only_visible_holders(sign_in, ann, ada, grant):
    path = f"/admin/roles/{Role.objects.get(key='rep').pk}"
    assert "Dan" in sign_in(ada).get(path).context["holders"].values_list("name", flat=True)
    names = sign_in(grant(ann, "accounts.view_role")).get(path).context["holders"]
    assert [user.name for user in names] == ["Ben", "Bob"]


def test_only_roles_without_extra_permissions_can_be_copied_from_the_list(sign_in, ann, grant):
    page = sign_in(grant(ann, "accounts.view_role", "accounts.add_role")).get("/admin/roles").text
    for key, offered in (("rep", True), ("company", False)):
        assert (f'?copy={Role.objects.get(key=key).pk}"' in page) is offered


def test_only_tokens_that_the_reader_may_change_can_be_revoked_from_the_list(sign_in, someone_with, ada):
    reader = someone_with("view_token", "delete_token", "view_lead", "see_own")
    make_token(ada)
    make_token(reader)
    page = sign_in(reader).get("/admin/api/api_management").text
    for user, offered in ((reader, True), (ada, False)):
        assert (f"{Token.objects.get(user=user).pk}/revoke" in page) is offered


def test_the_list_of_departments_counts_only_visible_leads(sign_in, ada, bob, ben, make_lead, grant):
    make_lead(owner=bob), make_lead(owner=ben)
    for user, number in ((ada, 2), (grant(bob, "accounts.view_department"), 1)):
        lines = sign_in(user).get("/admin/departments").context["lines"]
        counts = next(counts for department, counts in lines if department.name == "Sales")
        assert {kind.name: count for kind, count, _seen in counts}["lead"] == number


def test_records_can_be_assigned_only_to_visible_active_colleagues_with_a_department(ann, ben, departments):
    make_user("homeless", "rep")
    User.objects.filter(pk=ben.pk).update(is_active=False)
    names = {name for _pk, name in get_owner_choices(ann)}
    assert {"Ann (you)", "Bob", "Oscar"} <= names
    assert not names & {"Ben", "Carla", "Dan", "Homeless"}


def test_a_token_is_offered_only_for_visible_departments(ann, ada, departments):
    assert list(TokenForm(by=ann).fields["department"].queryset) == [departments.sales]
    assert departments.export in TokenForm(by=ada).fields["department"].queryset


def test_a_user_without_a_department_can_be_changed_only_by_users_who_see_everyone(ann, ada):
    homeless = make_user("homeless", "rep")
    assert homeless in User.objects.changeable_by(ada)
    assert homeless not in User.objects.changeable_by(ann)


def test_deactivating_checks_the_permission_to_assign_before_it_queues_a_job(
    someone_with, bob, ben, scene, monkeypatch
):
    from django.core.exceptions import PermissionDenied

    monkeypatch.setattr("accounts.users.deactivation.ROWS_AT_ONCE", 0)
    with pytest.raises(PermissionDenied):
        deactivate(bob, Heirs((ben,)), by=someone_with("delete_user", "see_departments", "view_lead"))


def test_shared_views_of_other_users_stay_with_them(press, bob, ben, carla, departments):
    view = SavedView.objects.create(table="lead", owner=carla, name="Hot", department=departments.export)
    press(whom=bob)
    view.refresh_from_db()
    assert view.owner == carla


def test_a_role_with_more_permissions_cannot_be_edited_even_if_no_one_has_it(sign_in, ann, ada, grant):
    powerful, _plain = (Role.objects.create(name=name) for name in ("Powerful", "Plain"))
    powerful.permissions.set(Role.objects.get(key="administrator").permissions.all())
    browser = sign_in(grant(ann, "accounts.view_role", "accounts.change_role"))
    editable = {line[0].name for line in browser.get("/admin/roles").context["lines"] if line[4]}
    assert "Plain" in editable
    assert "Powerful" not in editable
    assert browser.post(f"/admin/roles/{powerful.pk}", {"name": "Mine"}).status_code == 403
