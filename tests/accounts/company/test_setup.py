"""The checklist "Set up Leadwell": what is done, on whose Today it is, skipping and hiding, and their undo."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from crm.models import CompanySettings, Installation, Operation, SetupProgress
from crm.platform.web.start_page.setup_steps import STEPS, get_setup_lines, get_waiting_setup_lines
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from leads.models import Status
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.pipeline_use import use_ready_pipeline

PAGE, TODAY = "/admin/setup", "/admin/today"
NAMES = ["company", "people", "pipeline", "leads", "sign_in", "backups"]


@pytest.fixture
def production(settings):
    settings.DEMO = False


@pytest.fixture
def boss(sign_in, ada):
    """The first administrator, whom the query of a request reads."""
    return User.objects.with_rights().get(pk=ada.pk)


def get_done(user) -> list[str]:
    return [line.step.name for line in get_setup_lines(user) if line.is_done]


def test_the_steps_are_in_this_order(boss):
    assert [line.step.name for line in get_setup_lines(boss)] == NAMES


def test_a_step_is_done_as_soon_as_the_data_show_it(boss, make_lead, statuses):
    User.objects.exclude(pk=boss.pk).update(is_active=False)
    assert get_done(boss) == []
    with operation("test", by=None):
        CompanySettings.objects.create(pk=CompanySettings.ROW, name="Acme")
        Status.objects.filter(pk=statuses.new.pk).update(name="Fresh")
    User.objects.update(is_active=True)
    assert get_done(boss) == ["company", "people", "pipeline"]
    make_lead()
    Role.objects.filter(key="rep").update(second_factor_from="2026-01-01T00:00:00Z")
    Installation.objects.update_or_create(pk=1, defaults={"backed_up_at": "2026-01-01T00:00:00Z"})
    assert get_done(boss) == NAMES


def test_a_lead_in_trash_does_not_count(boss, make_lead):
    make_lead(deleted_at="2026-01-01T00:00:00Z")
    assert "leads" not in get_done(boss)


def test_in_the_demo_it_is_not_on_today(sign_in, ada):
    assert "Set up Leadwell" not in sign_in(ada).get(TODAY).text.partition("<main")[2]


def test_in_production_it_is_on_the_today_of_administrators_only(production, sign_in, ada, bob):
    page = sign_in(ada).get(TODAY).text
    assert 'id="part-setup"' in page
    assert 'href="/admin/company">Name your company</a>' in page
    assert 'id="part-setup"' not in sign_in(bob).get(TODAY).text


def test_the_first_sign_in_leads_to_today_until_the_checklist_is_hidden(production, sign_in, ada, bob):
    User.objects.update(start_page=User.StartPage.LIST)
    browser = sign_in(ada)
    assert browser.get("/")["Location"] == TODAY
    browser.post(PAGE, {"act": "hide"})
    assert browser.get("/")["Location"] == "/admin/leads"
    assert sign_in(bob).get("/")["Location"] == "/admin/leads"


def test_a_skipped_step_can_be_taken_up_again(production, sign_in, ada, boss):
    browser = sign_in(ada)
    assert "Skipped the step." in browser.post(PAGE, {"act": "skip", "step": "backups"}, follow=True).text
    assert SetupProgress.get_current().skipped == ["backups"]
    record = Operation.objects.get(kind="edit_setup_progress")
    assert describe_operation(record) == "Skip a step of the setup: Make a first backup"
    browser.post(PAGE, {"act": "return", "step": "backups"})
    assert SetupProgress.get_current().skipped == []
    revert_operation(Operation.objects.filter(kind="edit_setup_progress").latest("pk"), by=ada)
    assert SetupProgress.get_current().skipped == ["backups"]


def test_when_every_step_is_done_or_skipped_it_leaves_today_by_itself(production, sign_in, ada, boss):
    browser = sign_in(ada)
    for name in NAMES:
        browser.post(PAGE, {"act": "skip", "step": name})
    assert get_waiting_setup_lines(boss) == []
    assert 'id="part-setup"' not in browser.get(TODAY).text
    assert "Everything is set up" in browser.get(PAGE).text


def test_hiding_it_can_be_undone(production, sign_in, ada, boss):
    sign_in(ada).post(PAGE, {"act": "hide"})
    assert get_waiting_setup_lines(boss) == []
    revert_operation(Operation.objects.get(kind="edit_setup_progress"), by=ada)
    assert get_waiting_setup_lines(boss)


@pytest.mark.parametrize("data", [{}, {"act": "explode"}, {"act": "skip"}, {"act": "skip", "step": "moon"}])
def test_an_unknown_step_is_refused_and_nothing_is_written(sign_in, ada, data):
    assert sign_in(ada).post(PAGE, data).status_code == 400
    assert not SetupProgress.objects.exists()


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"act": "hide"}).status_code == 403


def test_what_suits_as_shipped_can_be_confirmed_and_taken_up_again(sign_in, ada, boss):
    browser = sign_in(ada)
    assert (
        "Confirmed the step as it is."
        in browser.post(PAGE, {"act": "confirm", "step": "pipeline"}, follow=True).text
    )
    assert "pipeline" in get_done(boss)
    record = Operation.objects.get(kind="edit_setup_progress")
    assert (
        describe_operation(record)
        == "Confirm a step of the setup as it is: Fit statuses and sources to your sales"
    )
    browser.post(PAGE, {"act": "return", "step": "pipeline"})
    assert "pipeline" not in get_done(boss)
    revert_operation(record, by=ada)
    assert SetupProgress.objects.count() <= 1
    assert "pipeline" not in get_done(boss)


def test_only_a_step_with_something_shipped_can_be_confirmed(sign_in, ada):
    assert sign_in(ada).post(PAGE, {"act": "confirm", "step": "backups"}).status_code == 400
    assert not SetupProgress.objects.exists()


def test_the_pipeline_is_no_longer_done_once_its_change_is_undone(boss, ada):
    record, _plan = use_ready_pipeline(READY_PIPELINES["agency"], by=ada)
    assert "pipeline" in get_done(boss)
    revert_operation(record, by=ada)
    assert "pipeline" not in get_done(boss)


def test_a_step_names_only_pages_that_the_user_may_open(someone_with):
    eve = User.objects.with_rights().get(pk=someone_with("change_companysettings").pk)
    assert [line.step.name for line in get_setup_lines(eve)] == ["company"]


def test_it_costs_others_no_query_and_administrators_two_more_than_its_steps(production, boss, bob):
    with CaptureQueriesContext(connection) as captured:
        assert get_waiting_setup_lines(User.objects.with_rights().get(pk=bob.pk)) == []
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        get_waiting_setup_lines(boss)
    # The pipeline looks at statuses and at sources, and sign-in at roles and at providers.
    assert len(captured) == 2 + len(STEPS) + 2
