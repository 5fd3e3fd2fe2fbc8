"""A change in parts that another user than its author undoes, while some of its records go out of reach."""

import pytest
from django.db import connection

from crm.models import Operation
from crm.records.history.undo import undo_permission
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.conftest import make_user
from tests.crm.records.history.multi_part_changes.parting import (
    browser,
    leads,
    previewed,
    run,
    small_parts,
    started,
    stopped_after,
    vip,
    whole,
)
from tests.reading import close_up

__all__ = ["browser", "leads", "small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])


@pytest.fixture
def mia(departments):
    """Another manager of the department of the leads."""
    return make_user("mia", "manager", [departments.sales])


@pytest.fixture
def away(departments):
    """away(lead, …) moves leads to a department that neither Ann nor Mia sees."""

    def move(*leads):
        with operation("test", by=None):
            Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(
                department=departments.export, owner=None
            )

    return move


def undone_by(mia, sign_in, away, monkeypatch, *gone) -> Operation:
    """Mia undoes the change, and before the second part of the undo these leads go out of her reach."""
    hers = sign_in(mia)
    job = stopped_after(1, monkeypatch, started(hers, f"/admin/operations/{whole().pk}/undo"))
    away(*gone)
    assert run(started(hers, f"/admin/jobs/{job.pk}/continue")).state == "finished"
    return Operation.objects.whole().get(kind="undo")


def test_one_record_out_of_reach_does_not_keep_the_others_of_its_part(
    browser, mia, sign_in, leads, away, monkeypatch
):
    run(started(browser, previewed(browser)))
    record = undone_by(mia, sign_in, away, monkeypatch, leads[2])
    assert list(Lead.objects.filter(vip=True)) == [leads[2]]
    assert (record.changed, record.refused) == (4, 1)
    found = sign_in(mia).get(f"/admin/operations/{record.pk}")
    assert [(one.count, one.reason) for one in found.context["refusals"]] == [
        (1, "You no longer have access to this record.")
    ]


def test_a_part_of_which_nothing_is_undone_says_why(browser, mia, sign_in, leads, away, monkeypatch):
    run(started(browser, previewed(browser)))
    record = undone_by(mia, sign_in, away, monkeypatch, leads[2], leads[3])
    assert set(Lead.objects.filter(vip=True)) == {leads[2], leads[3]}
    assert (record.changed, record.refused, record.parts_left) == (3, 2, 0)
    page = close_up(sign_in(mia).get(f"/admin/operations/{record.pk}").text)
    assert "You no longer have access to this record." in page
    assert "<b>2</b>not undone" in page


def test_an_undo_that_reverts_nothing_leaves_the_change_as_it_is(browser, sign_in, leads, away, ada):
    """Its author has lost all of the records, and an administrator can still undo it."""
    run(started(browser, previewed(browser)))
    away(*leads)
    address = f"/admin/operations/{whole().pk}"
    run(started(browser, f"{address}/undo"))
    undo = Operation.objects.whole().get(kind="undo")
    assert (undo.changed, undo.refused, vip()) == (0, 5, 5)
    assert "Undone" not in sign_in(ada).get(address).text
    assert run(started(sign_in(ada), f"{address}/undo")).operation.changed == 5
    assert vip() == 0


def test_parts_that_changed_nothing_are_only_counted(browser, ann, leads):
    carry_out(verbs.SetVip(True), Lead.objects.filter(pk__in=[leads[2].pk, leads[3].pk]), by=ann)
    Operation.objects.filter(kind="vip").update(kind="other")
    run(started(browser, previewed(browser)))
    run(started(browser, f"/admin/operations/{whole().pk}/undo"))
    undo = Operation.objects.whole().get(kind="undo")
    assert (undo.parts_left, undo.changed, undo.refused) == (0, 3, 0)
    assert set(Lead.objects.filter(vip=True)) == {leads[2], leads[3]}


def test_who_cannot_change_all_of_the_records_does_not_begin_to_undo_them(browser, mia, sign_in, leads, away):
    run(started(browser, previewed(browser)))
    away(leads[0])
    answer = sign_in(mia).post(f"/admin/operations/{whole().pk}/undo")
    assert answer.status_code == 409
    assert "You don’t have permission to change all of these records." in answer.text
    assert vip() == 5


@pytest.fixture
def plan(ann, leads):
    """plan(user) is how PostgreSQL looks whether the user may change all leads of a change, or '' if it doesn't look."""
    record = carry_out(verbs.SetVip(True), Lead.objects.all(), by=ann).operation
    found: list[str] = []

    def explained(execute, sql, parameters, many, context):
        if '"a" FROM "leads_lead"' in sql:
            with connection.connection.cursor() as cursor:
                found.extend(line for (line,) in cursor.execute(f"EXPLAIN {sql}", parameters))
        return execute(sql, parameters, many, context)

    def look(user) -> str:
        with connection.execute_wrapper(explained):
            assert undo_permission._may_change_all(record, user)
        return "\n".join(found)

    return look


def test_a_list_of_all_records_that_the_user_may_change_is_not_looked_through_for_each(mia, plan):
    """As soon as it doesn't fit into work_mem, that would take a million times a million steps."""
    assert "Filter: CASE WHEN" in plan(mia)
    assert "SubPlan" not in plan(mia)


def test_records_are_not_looked_through_for_users_who_may_change_all(ada, plan):
    assert plan(ada) == ""
