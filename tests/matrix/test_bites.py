"""The matrix works: with one scope removed from the product, it complains at once."""

import pytest
from django.db.models import Q

from accounts.models import Department, Role, User
from accounts.scope import OwnedScope
from crm.fields.sort_segments import Slice
from crm.models import Export, FrozenSet, Import, Job, Notification, Operation, SavedView
from crm.platform.sql import compiled_querysets
from crm.platform.sql.cache_keys import Reader
from crm.records.paging import compiled_statements
from leads.models import Lead
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.judging import complaints

pytestmark = [pytest.mark.hard, pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_world")]

ROWS = {row.name: row for row in DECLARED}


def queryset(model) -> type:
    return type(model.objects.all())


# What is removed, where the matrix must notice it, and as whom.
SCOPES = {
    "of a lead": (queryset(Lead), "visible_to", "GET admin/leads/<int:pk>", "rep"),
    "of a changeable lead": (
        queryset(Lead),
        "changeable_by",
        "POST admin/leads/<int:pk>/restore",
        "operator",
    ),
    "of a view": (queryset(SavedView), "visible_to", "POST admin/leads/views/<int:pk>/start", "rep"),
    "of an own view": (queryset(SavedView), "owned_by", "POST admin/leads/views/<int:pk>/remove", "manager"),
    "of a set": (
        queryset(FrozenSet),
        "alive_of_user",
        "GET admin/leads/bulk/<int:pk>/<slug:name> vip",
        "manager",
    ),
    "of a job": (queryset(Job), "visible_to", "GET admin/jobs/<int:pk>", "manager"),
    "of an import": (queryset(Import), "of_user", "GET admin/imports/<int:pk>/columns", "manager"),
    "of the imports": (queryset(Import), "visible_to", "GET admin/imports", "manager"),
    "of the exports": (queryset(Export), "visible_to", "GET admin/exports", "operator"),
    "of a notification": (queryset(Notification), "of_user", "POST notifications/<int:pk>/open", "rep"),
    "of a user": (queryset(User), "visible_to", "GET admin/users/<int:pk>", "deputy"),
    "of a changeable user": (queryset(User), "changeable_by", "GET admin/users/<int:pk>/edit", "deputy"),
    "of a department": (queryset(Department), "visible_to", "GET admin/departments/<int:pk>", "deputy"),
    "of a role": (queryset(Role), "changeable_by", "POST admin/roles/<int:pk>/retire", "deputy"),
}


@pytest.fixture(autouse=True)
def _forget():
    """Statements that were compiled without a scope are never used again."""
    yield
    compiled_querysets.forget_compiled_querysets()
    compiled_statements.forget_compiled_statements()


@pytest.mark.parametrize("name", SCOPES)
def test_removing_a_scope_causes_complaints(asker, monkeypatch, name):
    owner, method, row, person = SCOPES[name]
    assert complaints(asker, ROWS[row], [person]) == []
    monkeypatch.setattr(owner, method, lambda rows, user: rows)
    compiled_querysets.forget_compiled_querysets()
    assert complaints(asker, ROWS[row], [person]) != []


@pytest.mark.parametrize("person", ["rep", "manager"])
def test_removing_the_scope_of_the_list_causes_complaints(asker, monkeypatch, person):
    monkeypatch.setattr(OwnedScope, "build_visible_condition", lambda scope, user: Q())
    monkeypatch.setattr(OwnedScope, "build_slices", lambda scope, user, prefixes: [Slice(Q())])
    whole = "GET admin/leads all=1"
    for name in (whole, "GET admin/leads/trash" if person == "manager" else whole):
        assert any("shows" in words for words in complaints(asker, ROWS[name], [person]))


@pytest.mark.parametrize("row", ["GET admin/operations", "GET admin/operations/<int:pk>"])
def test_removing_the_scope_of_operations_causes_complaints(asker, monkeypatch, row):
    for name in ("visible_operations_queryset", "readable_operations_queryset"):
        monkeypatch.setattr(
            f"crm.records.history.views.operations.{name}", lambda user: Operation.objects.all()
        )
    assert complaints(asker, ROWS[row], ["manager"]) != []


def test_removing_permissions_causes_complaints_about_every_url_that_requires_one(asker, monkeypatch):
    for owner in (User, Reader):
        monkeypatch.setattr(owner, "has_perm", lambda user, name, obj=None: True)
        monkeypatch.setattr(owner, "has_perms", lambda user, names, obj=None: True)
    rows = [row for row in DECLARED if row.method == "GET" and row.rights[0].partition(".")[0] == "leads"]
    mute = [row.name for row in rows if complaints(asker, row, ["stranger"]) == []]
    assert mute == []


def test_a_denial_that_writes_is_noticed(asker, monkeypatch):
    def written(user, pk):
        Notification.objects.create(user=user, kind="import_failed")
        raise Lead.DoesNotExist

    monkeypatch.setattr("accounts.users.user_access.get_changeable_user", written)
    monkeypatch.setattr("accounts.users.views.user_edit.get_changeable_user", written)
    assert complaints(asker, ROWS["GET admin/users/<int:pk>/edit"], ["deputy"]) != []


def test_a_page_that_distinguishes_a_foreign_thing_from_an_unknown_one_is_noticed(asker, monkeypatch):
    from crm.platform.web.views import errors

    answer = errors.not_found

    def telling(request, exception=None):
        found = answer(request)
        found.content += str(Lead.objects.filter(pk=request.resolver_match.kwargs["pk"]).exists()).encode()
        return found

    monkeypatch.setattr("crm.urls.handler404", telling)
    assert any("told from" in words for words in complaints(asker, ROWS["GET admin/leads/<int:pk>"], ["rep"]))
