"""Between the preview and its application: what the user has lost since then isn't used anymore."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role, User
from crm.imports.apply import Stale
from crm.imports.apply import apply as applied
from crm.jobs import KINDS, Problem
from crm.models import Import, Job, Operation, Tag
from leads.models import Lead
from tests.leads.importing import choose, decide, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def planned(sign_in, ann, make_lead):
    """One new lead with a new tag and one that changes; Ann may create tags."""
    make_lead("Jan Novák", email="jan@example.com")
    allow(ann, "add_tag")
    browser = sign_in(ann)
    rows = [
        ["Last name", "E-mail", "City", "Tags"],
        ["", "jan@example.com", "Brno", ""],
        ["Pop", "", "", "hot"],
    ]
    return decide(browser, choose(browser, upload(browser, rows), "columns"), tags={"hot": "create"})


def role_of(user) -> Role:
    return user.groups.get().role


def allow(user, codename: str) -> None:
    from django.contrib.auth.models import Permission

    role_of(user).permissions.add(Permission.objects.get(codename=codename))


def without(user, codename: str) -> User:
    """The user without this permission."""
    role = role_of(user)
    role.permissions.remove(role.permissions.get(codename=codename))
    return User.objects.with_rights().get(pk=user.pk)


def unchanged() -> bool:
    made = Operation.objects.filter(kind="import").exists() or Tag.objects.filter(name="hot").exists()
    return Lead.objects.get().city == "" and not made


@pytest.mark.parametrize(
    ("codename", "refusal", "words"),
    [
        ("import_lead", Stale, "You no longer have permission to import these records."),
        ("add_lead", Stale, "You no longer have permission to import these records."),
        ("change_lead", Stale, "You no longer have permission to change these records."),
        ("add_tag", PermissionDenied, "crm.add_tag"),
    ],
)
def test_a_plan_is_not_applied_once_its_user_has_lost_a_permission(planned, ann, codename, refusal, words):
    with pytest.raises(refusal, match=words):
        applied(planned, by=without(ann, codename))
    assert unchanged()


def test_a_job_says_why_it_applied_nothing(planned, ann):
    job = Job.objects.create(
        kind="import_apply", user=without(ann, "import_lead"), arguments={"import": planned.pk}
    )
    with pytest.raises(Problem, match="no longer have permission"):
        KINDS["import_apply"].work(job, lambda done, total: None)
    Import.objects.update(state=Import.State.CANCELLED)
    with pytest.raises(Problem, match="The import was canceled"):
        KINDS["import_apply"].work(job, lambda done, total: None)
    assert unchanged()


def test_a_plan_that_is_being_made_again_is_not_applied(planned, ann):
    Import.objects.update(state=Import.State.COLUMNS)
    with pytest.raises(Stale, match="There are no changes to apply"):
        applied(planned, by=ann)
    assert unchanged()
