"""Merging settings rows, one or several at once: what leads, saved views, filters and the timeline show afterwards."""

import pytest
from django.db.models.functions import Now
from django.http import QueryDict

from crm.models import Job, Operation, SavedView
from crm.platform.jobs import JOB_KINDS
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead, Status
from leads.settings.merge import RowMerge
from leads.settings.settings_tables import SETTINGS_TABLES
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.reading import close_up

LISTS = {
    "status": "/admin/leads/statuses",
    "source": "/admin/leads/sources",
    "tag": "/admin/leads/tags",
    "lost_reason": "/admin/leads/lost-reasons",
}
PARAMETERS = {"status": "status", "source": "source", "tag": "tags", "lost_reason": "lost_reason"}
TABLES = pytest.mark.parametrize("table", LISTS)


@pytest.fixture
def three(statuses, sources, reasons, make_tag):
    """For each table three rows: two to merge, and the one that they become."""
    return {
        "status": [statuses.contacted, statuses.qualified, statuses.proposal],
        "source": [sources.event, sources.partner, sources.referral],
        "tag": [make_tag(name) for name in ("hot", "warm", "cold")],
        "lost_reason": [reasons.budget, reasons.timing, reasons.competitor],
    }


@pytest.fixture
def scene(three, ann, bob, departments, make_lead, statuses):
    """scene("source") gives the three rows: a lead with each, another one in Trash, and a saved view with the first two."""

    def made(table: str) -> list:
        rows = three[table]
        for row in [*rows, rows[0]]:
            values = {table: row} if table != "tag" else {"tags": [row.pk]}
            values |= {"status": "lost"} if table == "lost_reason" else {}
            make_lead(f"Ana {row}", owner=bob, **values)
        last = Lead.objects.latest("pk").pk
        with operation("test", by=None):
            Lead.objects.filter(pk=last).update(deleted_at="2026-01-01T00:00Z")
        query = "&".join(f"{PARAMETERS[table]}={row.pk}" for row in rows[:2])
        SavedView.objects.create(table="lead", owner=ann, name="Both", query=query)
        return rows

    return made


def address(table: str, rows) -> str:
    return f"{LISTS[table]}/merge?{'&'.join(f'row={row.pk}' for row in rows)}"


def value_of(lead: Lead, table: str) -> int:
    return lead.tags[0] if table == "tag" else getattr(lead, f"{table}_id")


@TABLES
def test_several_rows_become_one_in_one_operation_and_undo_restores_everything(table, scene, sign_in, ada):
    first, second, stays = scene(table)
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(address(table, [first, second]), {"into": stays.pk}, follow=True)
    assert f"Merged {first.label}, {second.label} into {stays.label}." in answer.text
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {stays.pk}
    assert (
        SETTINGS_TABLES[table].model.objects.filter(pk__in=[first.pk, second.pk], retired=True).count() == 2
    )
    assert SavedView.objects.get().query == f"{PARAMETERS[table]}={stays.pk}"
    record = Operation.objects.latest("pk")
    assert (record.changed, record.table) == (3, "lead")
    assert describe_operation(record).startswith("Merge ")
    assert describe_operation(record).endswith(f" into {stays.label}")
    undone = revert_operation(record, by=ada)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {stays.pk}


@TABLES
def test_the_page_shows_first_where_each_row_is_used(table, scene, sign_in, ada):
    first, second, _stays = scene(table)
    browser = sign_in(ada)
    before = all_tables()
    text = close_up(browser.get(address(table, [first, second])).text)
    assert f'href="/admin/leads?{PARAMETERS[table]}={first.pk}">1 lead<' in text
    assert "In Trash: 1 lead." in text
    assert "Used in 1 saved view" in text
    assert "You can undo everything in one step." in text
    assert all_tables() == before


@TABLES
def test_one_of_the_selected_rows_can_be_the_one_that_stays(table, scene, sign_in, ada):
    first, second, stays = scene(table)
    sign_in(ada).post(address(table, [first, second]), {"into": second.pk})
    kept = SETTINGS_TABLES[table].model.objects.filter(pk__in=[first.pk, second.pk, stays.pk], retired=False)
    assert {row.pk for row in kept} == {second.pk, stays.pk}
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {second.pk, stays.pk}


@TABLES
def test_the_list_offers_merging_for_one_row_and_for_the_selected_ones(table, three, sign_in, ada):
    text = sign_in(ada).get(LISTS[table]).text
    assert f'href="{address(table, three[table][:1])}"' in text
    assert f'formaction="{LISTS[table]}/merge"' in text


@TABLES
def test_each_row_leads_to_the_preview_of_retiring_it_or_of_using_it_again(table, three, sign_in, ada):
    first, second, _stays = three[table]
    with operation("test", by=None):
        SETTINGS_TABLES[table].model.objects.filter(pk=second.pk).update(retired=True)
    text = sign_in(ada).get(f"{LISTS[table]}?state=all").text
    assert f'href="{LISTS[table]}/bulk?action=retire&amp;row={first.pk}"' in text
    assert f'href="{LISTS[table]}/bulk?action=activate&amp;row={second.pk}"' in text


@TABLES
def test_after_a_merge_the_timeline_names_both_and_the_filter_finds_the_leads(
    table, scene, sign_in, ada, bob
):
    first, _second, stays = scene(table)
    lead = next(lead for lead in Lead.objects.present() if value_of(lead, table) == first.pk)
    sign_in(ada).post(address(table, [first]), {"into": stays.pk})
    text = close_up(sign_in(bob).get(f"/admin/leads/{lead.pk}").text)
    timeline = text.partition('class="timeline"')[2] or text
    assert first.label in timeline
    assert stays.label in timeline
    found = RecordList(LEAD, QueryDict(f"{PARAMETERS[table]}={stays.pk}"), bob).get_page(50).ids
    assert lead.pk in found


@TABLES
def test_after_a_rename_the_timeline_and_the_operation_show_the_new_name(table, scene, sign_in, ada, bob):
    first, _second, stays = scene(table)
    lead = next(lead for lead in Lead.objects.present() if value_of(lead, table) == first.pk)
    sign_in(ada).post(address(table, [first]), {"into": stays.pk})
    with operation("test", by=ada):
        SETTINGS_TABLES[table].model.objects.filter(pk=first.pk).update(name="Renamedqq")
    assert "Renamedqq" in describe_operation(Operation.objects.get(kind__startswith="merge_"))
    assert "Renamedqq" in sign_in(bob).get(f"/admin/leads/{lead.pk}").text


@TABLES
@pytest.mark.parametrize("into", ["", "itself", "retired", "x"])
def test_a_row_can_only_become_another_one_in_use(table, into, three, sign_in, ada):
    first, second, _stays = three[table]
    with operation("test", by=None):
        SETTINGS_TABLES[table].model.objects.filter(pk=second.pk).update(retired=True)
    values = {"itself": first.pk, "retired": second.pk}
    browser = sign_in(ada)
    before = all_tables()
    assert browser.post(address(table, [first]), {"into": values.get(into, into)}).status_code == 422
    assert all_tables() == before


@TABLES
def test_merging_requires_permission_for_all_of_the_leads(table, scene, sign_in, someone_with, departments):
    first, _second, stays = scene(table)
    with operation("test", by=None):
        Lead.objects.update(department=departments.export)
    model = SETTINGS_TABLES[table].model._meta.model_name
    eve = someone_with("view_lead", "change_lead", "see_departments", f"delete_{model}", f"change_{model}")
    answer = sign_in(eve).post(address(table, [first]), {"into": stays.pk})
    assert answer.status_code == 409
    assert "You don’t have permission to change all of the affected records." in answer.text
    assert not Operation.objects.filter(kind__startswith="merge_").exists()


def test_the_status_for_new_leads_and_the_reason_of_the_apis_stay(statuses, reasons, sign_in, ada):
    browser = sign_in(ada)
    for table, row, into in [
        ("status", statuses.new, statuses.contacted),
        ("lost_reason", reasons.not_stated, reasons.budget),
    ]:
        assert "These can’t be merged." in browser.get(address(table, [row])).text
        assert browser.post(address(table, [row]), {"into": into.pk}).status_code == 409


def test_statuses_of_two_pipelines_are_not_merged(renewals, statuses, sign_in, ada):
    other = renewals.statuses.get(name="Talking")
    browser = sign_in(ada)
    rows = [statuses.contacted, other]
    assert "Statuses of different pipelines can’t be merged." in browser.get(address("status", rows)).text
    assert browser.post(address("status", rows), {"into": statuses.qualified.pk}).status_code in (409, 422)
    assert not Status.objects.filter(retired=True).exists()


def test_merging_into_a_lost_status_asks_for_a_reason(scene, statuses, reasons, sign_in, ada):
    first, _second, _stays = scene("status")
    browser = sign_in(ada)
    answer = browser.post(address("status", [first]), {"into": statuses.lost.pk})
    assert "Choose a reason for Lost." in answer.context["form"].errors["reason"]
    browser.post(address("status", [first]), {"into": statuses.lost.pk, "reason": reasons.budget.pk})
    assert Lead.objects.filter(status=statuses.lost, lost_reason=reasons.budget).count() == 2


def test_statuses_that_lead_to_a_merged_one_lead_to_the_one_that_stays(statuses, sign_in, ada):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(
            next_statuses=[statuses.contacted.pk, statuses.lost.pk]
        )
    sign_in(ada).post(address("status", [statuses.contacted]), {"into": statuses.qualified.pk})
    assert Status.objects.get(pk=statuses.new.pk).next_statuses == [statuses.qualified.pk, statuses.lost.pk]


@pytest.fixture
def closed_scene(scene, make_company):
    """The same, but the first lead is of an erased person and the last one, in Trash, was converted."""

    def made(table: str) -> list:
        rows, company = scene(table), make_company()
        with operation("test", by=None):
            Lead.objects.filter(pk=Lead.objects.earliest("pk").pk).update(erased_at=Now())
            Lead.objects.filter(pk=Lead.objects.latest("pk").pk).update(client=company)
        return rows

    return made


@TABLES
def test_leads_that_were_erased_or_converted_get_the_other_row_too(table, closed_scene, sign_in, ada):
    first, second, stays = closed_scene(table)
    browser = sign_in(ada)
    before = all_tables()
    browser.post(address(table, [first, second]), {"into": stays.pk})
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {stays.pk}
    undone = revert_operation(Operation.objects.get(kind__startswith="merge_"), by=ada)
    assert (undone.back_count, undone.kept_count) == (3, 0)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {stays.pk}


@TABLES
def test_a_job_merges_leads_that_were_erased_or_converted_too(table, closed_scene, ada):
    first, second, stays = closed_scene(table)
    arguments = RowMerge(SETTINGS_TABLES[table], (first.pk, second.pk), stays.pk).get_arguments()
    job = Job.objects.create(kind="merge_settings", user=ada, arguments=arguments)
    assert JOB_KINDS["merge_settings"].work(job, lambda done, total: None).changed == 3
    assert {value_of(lead, table) for lead in Lead.objects.all()} == {stays.pk}


@pytest.mark.parametrize("closed", ["erased", "converted"])
def test_a_lead_that_is_erased_or_converted_after_a_merge_keeps_the_row_that_stays(
    closed, scene, sign_in, ada, make_company
):
    first, second, stays = scene("status")
    sign_in(ada).post(address("status", [first, second]), {"into": stays.pk})
    lead, company = Lead.objects.earliest("pk"), make_company()
    values = {"erased": {"erased_at": Now()}, "converted": {"client": company}}
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(**values[closed])
    undone = revert_operation(Operation.objects.get(kind="merge_statuses"), by=ada)
    assert undone.kept["lead"] == {closed: [lead.pk]}
    lead.refresh_from_db()
    assert lead.status == stays


def test_a_job_merges_several_thousand_leads(scene, ada):
    first, second, stays = scene("source")
    merging = RowMerge(SETTINGS_TABLES["source"], (first.pk, second.pk), stays.pk)
    job = Job.objects.create(kind="merge_settings", user=ada, arguments=merging.get_arguments())
    assert JOB_KINDS["merge_settings"].work(job, lambda done, total: None).changed == 3


@TABLES
def test_before_a_rename_the_form_says_how_many_leads_show_the_new_name(table, scene, sign_in, ada):
    first, _second, _stays = scene(table)
    ends = {"status": "/edit", "source": "/edit", "tag": "", "lost_reason": ""}
    text = close_up(sign_in(ada).get(f"{LISTS[table]}/{first.pk}{ends[table]}").text)
    assert "1 record shows a new name at once, also in its history." in text


@TABLES
def test_before_several_are_retired_the_preview_says_how_many_leads_keep_each(table, scene, sign_in, ada):
    first, second, _stays = scene(table)
    query = f"action=retire&row={first.pk}&row={second.pk}"
    text = close_up(sign_in(ada).get(f"{LISTS[table]}/bulk?{query}").text)
    assert text.count(">1 lead<") == 2
