"""Which imports take turns: those that could add the same people, and those that make what all share; no others."""

from datetime import timedelta

import pytest
from django.db import transaction

from crm.models import Import, Job
from crm.platform import jobs
from crm.platform.jobs.job_runner import NotYet
from crm.transfer.imports import jobs as import_jobs
from crm.transfer.imports.apply.import_locks import lock_against_same_imports, must_wait
from crm.transfer.imports.apply.plan_application import apply_import_plan
from leads.models import Lead
from tests.crm.transfer.imports.importing import choose, decide, upload
from tests.crossing import crossed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [["Last name", "E-mail"], ["Pop", "pop@example.com"], ["Rău", "rau@example.com"]]


@pytest.fixture
def planned(sign_in):
    """planned(ann, "Export", **more) is an import of two new leads that is ready to be applied, with more columns."""

    def ready(user, department="", **more: str) -> Import:
        browser = sign_in(user)
        more = {"Department": department, **more} if department else more
        rows = [[*row, *(more.values() if place else more)] for place, row in enumerate(ROWS)]
        return choose(browser, upload(browser, rows), "columns")

    return ready


def waits(second: Import, first: Import) -> bool:
    """Whether the second import waits while the first one adds its leads."""
    return crossed(
        lambda: lock_against_same_imports(first, by=first.user),
        lambda: transaction.atomic(must_wait)(second, by=second.user),
    )


def test_imports_of_two_departments_do_not_wait_for_each_other(planned, ann, carla):
    sales, export = planned(ann), planned(carla)
    assert [set_of(sales), set_of(export)] == [{ann.department_ids[0]}, {carla.department_ids[0]}]
    assert waits(export, sales) is False
    assert waits(sales, export) is False


def test_imports_into_one_department_take_turns(planned, ann):
    assert waits(planned(ann), planned(ann)) is True


def test_an_import_waits_while_leads_are_added_that_its_user_may_change(planned, ada, carla, departments):
    """It would skip its rows if it saw the same people among them."""
    sales, export = planned(ada, "Sales"), planned(carla)
    assert set_of(sales) == {departments.sales.pk}
    assert waits(sales, export) is True
    assert waits(export, sales) is True


def test_an_import_that_makes_what_all_share_waits_for_all_others(planned, sign_in, ada, carla):
    tagged = planned(carla)
    imported = decide(sign_in(ada), planned(ada, "Sales", Tags="Fair 2026"), tags={"Fair 2026": "create"})
    assert imported.state == Import.State.PLAN
    assert waits(imported, tagged) is True
    assert waits(tagged, imported) is True


def test_an_import_with_values_that_only_one_lead_may_have_waits_for_all_others(
    planned, ann, carla, make_field
):
    """Another department's lead may have the value, which the importer doesn't see."""
    make_field("External ID", is_unique=True)
    with_values, without = planned(ann, **{"External ID": "7"}), planned(carla)
    assert with_values.mapping[-1].startswith("c")
    assert waits(with_values, without) is True
    assert waits(without, with_values) is True


def test_the_same_new_people_in_two_imports_at_once_are_added_once(planned, ann, ada):
    first, second = planned(ann), planned(ada, "Export")
    record = crossed(lambda: apply_import_plan(first, by=ann), lambda: apply_import_plan(second, by=ada))
    second.refresh_from_db()
    assert (record.changed, second.counts["refused"]) == (0, {"known_since_plan": 2})
    assert Lead.objects.count() == 2


def test_the_same_people_in_imports_of_users_who_cannot_see_each_others_leads_are_added_twice(
    planned, ann, carla
):
    first, second = planned(ann), planned(carla)
    crossed(lambda: apply_import_plan(first, by=ann), lambda: apply_import_plan(second, by=carla))
    assert Lead.objects.count() == 4


def test_a_job_that_waits_for_another_import_gives_its_place_to_others(planned, ann):
    first, second = planned(ann), planned(ann)
    with transaction.atomic():
        import_jobs.queue_import_job("import_apply", second)
    raised = crossed(
        lambda: lock_against_same_imports(first, by=ann), lambda: jobs.run_job(job_id=second.job_id)
    )
    assert isinstance(raised, NotYet)
    assert Job.objects.get(pk=second.job_id).state == Job.State.WAITING
    assert not Lead.objects.exists()
    jobs.run_job(job_id=second.job_id)
    assert Lead.objects.count() == 2


def test_a_job_that_has_waited_for_long_waits_in_order(planned, ann, monkeypatch):
    """Otherwise, others that begin at the right moment could go first for ever."""
    monkeypatch.setattr(import_jobs, "PATIENCE", timedelta(0))
    first, second = planned(ann), planned(ann)
    with transaction.atomic():
        import_jobs.queue_import_job("import_apply", second)
    assert (
        crossed(lambda: lock_against_same_imports(first, by=ann), lambda: jobs.run_job(job_id=second.job_id))
        is None
    )
    assert Lead.objects.count() == 2


def set_of(imported: Import) -> set[int]:
    return set(imported.plan.filter(action="add").values_list("values__department_id", flat=True))
