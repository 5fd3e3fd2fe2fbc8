"""The list of permissions is complete: everything that the screens check can be granted, and nothing else is offered."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission

from accounts.company.forms import CompanyForm
from accounts.models.role import SHIPPED_ENGLISH
from accounts.roles.initial_data import get_initial_permissions
from accounts.roles.permissions import (
    SCOPE_LABELS,
    SCOPE_NAMES,
    add_narrower_scopes,
    get_grantable_permissions,
    get_permission_rows,
    permissions_queryset,
)
from crm.models import CompanySettings
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.models.queue import WEIGHTS
from leads.queue.forms import RulesForm
from leads.settings.settings_tables import PIPELINES
from leads.settings.settings_tables import SETTINGS_TABLES as SETTINGS
from tests.conftest import make_user

ROOT = Path(__file__).resolve().parents[3]
APPS = tuple(settings.PRODUCT_APPS)
# Granted to shipped roles before there is a screen that checks it.
WITHOUT_A_SCREEN_YET: set[str] = set()


def sources():
    """The product's code without the lists that declare permissions."""
    declaring = ("permissions.py", "initial_data.py", "token_scopes.py", "contribution.py")
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts and path.name not in declaring:
                yield path.read_text()


# How code checks a permission on a record without naming its kind.
ASKING = [
    r"\b(?:get_)?right\(([^)]*)\)",
    r"\brights?\w*\(([^)]*)\)",
    r"of_kind\(([^)]*)\)",
    r'\baction = ("\w+")',
]


def asked_for() -> set[str]:
    """The permissions named in views, verbs, and templates, and those checked for every kind of record."""
    names, actions = set(), set()
    for text in sources():
        names |= set(re.findall(rf'"((?:{"|".join(APPS)})\.[a-z]+(?:_[a-z]+)+)"', text))
        for pattern in ASKING:
            for asked in re.findall(pattern, text):
                actions |= set(re.findall(r'"(\w+)"', asked))
    for path in (ROOT / "templates").rglob("*.html"):
        names |= set(re.findall(rf"perms\.((?:{'|'.join(APPS)})\.[a-z_]+)", path.read_text()))
    names |= {kind.get_right(action) for kind in KINDS.values() for action in actions}
    tables = [*SETTINGS.values(), PIPELINES]
    # Not every settings table has each of the permissions.
    names |= {kind.get_right(action) for kind in tables for action in actions} & set(
        get_grantable_permissions()
    )
    return {name for name in names if permissions_queryset([name]).exists()}


def test_every_lead_permission_is_a_scope_or_in_the_grid(db):
    own = {f"leads.{codename}" for codename, _label in Lead._meta.permissions}
    standard = {f"leads.{action}_lead" for action in Lead._meta.default_permissions}
    assert own | standard == {
        name for name in [*get_grantable_permissions(), *SCOPE_NAMES] if name in own | standard
    }


# Who may map groups to roles can make anyone an administrator, and a backup has the records of all departments, so only
# administrators may.
OF_ADMINISTRATORS = {
    "accounts.add_identityprovider",
    "accounts.change_identityprovider",
    "crm.view_backups",
    "crm.download_backups",
}


def test_every_permission_that_a_screen_checks_can_be_granted_or_is_the_administrators(db):
    assert asked_for() - set(get_grantable_permissions()) - set(SCOPE_NAMES) == OF_ADMINISTRATORS


def test_every_permission_that_can_be_granted_is_checked_by_a_screen(db):
    assert set(get_grantable_permissions()) - asked_for() == set()


def test_the_shipped_roles_have_only_permissions_that_can_be_granted(db):
    shipped = {
        name for role in SHIPPED_ENGLISH if role != "administrator" for name in get_initial_permissions(role)
    }
    assert shipped - set(get_grantable_permissions()) - set(SCOPE_NAMES) == WITHOUT_A_SCREEN_YET


def test_each_permission_exists_and_is_listed_once(db):
    assert permissions_queryset(get_grantable_permissions() + SCOPE_NAMES).count() == len(
        get_grantable_permissions()
    ) + len(SCOPE_LABELS)
    assert (
        len(set(get_grantable_permissions()))
        == len(get_grantable_permissions())
        == sum(len(row.names) for row in get_permission_rows())
    )


def test_a_wider_scope_includes_the_narrower_ones(db):
    assert add_narrower_scopes({"accounts.see_departments", "leads.view_lead"}) == {
        "accounts.see_own",
        "accounts.see_unassigned",
        "accounts.see_departments",
        "leads.view_lead",
    }
    assert add_narrower_scopes(set()) == set()


def test_the_scopes_are_ordered_by_what_they_show(departments, bob, make_lead, grant):
    make_lead(owner=make_user("x", None, [departments.sales]))
    make_lead()
    make_lead(department=departments.export)
    seen = []
    for scope in SCOPE_NAMES:
        user = grant(make_user(scope.replace(".", "-"), None, [departments.sales]), scope)
        seen.append(Lead.objects.visible_to(user).count())
        assert Lead.scope.get_visibility_ways(user)
    assert seen == [0, 1, 2, 3]


def test_the_administrator_has_every_permission_of_the_product(ada):
    ours = Permission.objects.filter(content_type__app_label__in=APPS)
    assert {f"{row.content_type.app_label}.{row.codename}" for row in ours} <= ada.granted_permissions


def get_hint(model: str) -> str:
    return next(str(row.hint) for row in get_permission_rows() if row.model == model)


def test_the_row_of_the_company_settings_names_all_that_the_permission_covers():
    labels = [str(CompanySettings._meta.get_field(name).verbose_name) for name in CompanyForm.Meta.fields]
    hint = get_hint("companysettings").lower()
    assert [label for label in (*labels, "logo", "checklist", "removing the demo") if label not in hint] == []


# The word for each of the rules that are no points.
RULES = {"score": "order", "outcomes_off": "outcomes", "retry_days": "retry", "hold_minutes": "kept"}


def test_the_row_of_the_queue_names_all_that_the_permission_covers():
    assert {*RulesForm.Meta.fields} - {*WEIGHTS} == RULES.keys()
    hint = get_hint("queuerules")
    assert [word for word in RULES.values() if word not in hint] == []
