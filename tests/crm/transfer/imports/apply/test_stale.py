"""Between the preview and its application: what the user has lost since then isn't used anymore."""

import re

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Membership, Role, User
from crm.models import Import, Job, Operation, Tag
from crm.platform.jobs import JOB_KINDS, JobProblem
from crm.records.history.verb_execution import carry_out
from crm.transfer.imports.apply.plan_application import StalePlan
from crm.transfer.imports.apply.plan_application import apply_import_plan as applied
from leads.models import Lead
from leads.verbs import ChangeDepartment
from tests.crm.transfer.imports.importing import apply, choose, decide, page, shown, upload, work

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
        ("import_lead", StalePlan, "You no longer have permission to import these records."),
        ("add_lead", StalePlan, "You no longer have permission to import these records."),
        ("change_lead", StalePlan, "You no longer have permission to change these records."),
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
    with pytest.raises(JobProblem, match="no longer have permission"):
        JOB_KINDS["import_apply"].work(job, lambda done, total: None)
    Import.objects.update(state=Import.State.CANCELLED)
    with pytest.raises(JobProblem, match="The import was canceled"):
        JOB_KINDS["import_apply"].work(job, lambda done, total: None)
    assert unchanged()


def test_a_plan_that_is_being_made_again_is_not_applied(planned, ann):
    Import.objects.update(state=Import.State.COLUMNS)
    with pytest.raises(StalePlan, match="There are no changes to apply"):
        applied(planned, by=ann)
    assert unchanged()


def test_a_refused_plan_says_why_and_checks_the_file_again(sign_in, ann, ada, sources):
    browser = sign_in(ann)
    rows = [["Last name", "Source"], ["Pop", "Website"], ["Rus", ""]]
    imported = choose(browser, upload(browser, rows), "columns")
    sign_in(ada).post(f"/admin/leads/sources/bulk?action=retire&row={sources.website.pk}")
    sign_in(ann)
    asked = browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    assert (asked.status_code, Lead.objects.count()) == (409, 0)
    [message] = re.findall(r'<form class="message" data-tone="negative".*?</form>', asked.text, re.S)
    assert "Values that the file uses, such as owners or statuses, have changed since" in message
    assert f'action="{page(imported, "check")}"' in message
    assert "Check the file again" not in shown(browser, imported, "plan").text

    assert browser.post(page(imported, "check")).status_code == 302
    work()
    # The value has to be mapped now, which is the step before the preview.
    decided = decide(browser, imported, source={"Website": "empty"})
    apply(browser, decided)
    added = Lead.objects.exclude(source=sources.website)
    assert {*added.values_list("last_name", flat=True)} == {"Pop", "Rus"}


@pytest.fixture
def changing(sign_in, ann, make_lead):
    make_lead("Jan Novák", email="jan@example.com")
    browser = sign_in(ann)
    return choose(browser, upload(browser, [["E-mail", "City"], ["jan@example.com", "Brno"]]), "columns")


def test_a_lead_out_of_its_users_reach_is_not_changed(changing, ann, departments):
    Membership.objects.filter(user=ann).update(department=departments.export)
    applied(changing, by=User.objects.with_rights().get(pk=ann.pk))
    assert Lead.objects.get().city == ""


def test_the_preview_no_longer_names_a_lead_that_has_left_its_users_reach(
    changing, sign_in, ann, ada, departments
):
    assert "Novák" in shown(sign_in(ann), changing, "plan").text
    carry_out(ChangeDepartment(departments.export), Lead.objects.all(), by=ada)
    assert "Novák" not in shown(sign_in(ann), changing, "plan").text
