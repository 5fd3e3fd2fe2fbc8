"""The settings of pipelines, which don't show while there is only one."""

import pytest

from crm.models import Operation
from crm.platform.web.request_cache import cache_reads
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.kind import LEAD
from leads.models import Pipeline, Status
from leads.statuses import reference_tables

LIST = "/admin/leads/pipelines"
RIGHTS = ["view_pipeline", "add_pipeline", "change_pipeline", "delete_pipeline"]
PAGES = {
    "list": (LIST, ["view_pipeline"]),
    "new": (f"{LIST}/new", ["add_pipeline"]),
    "edit": (f"{LIST}/%d", ["change_pipeline"]),
    "retire": (f"{LIST}/%d/retire", ["delete_pipeline", "change_lead"]),
}


def status_of(pipeline: Pipeline, name: str) -> Status:
    return Status.objects.get(pipeline=pipeline, name=name)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_requires_its_permission(page, sign_in, someone_with, sales):
    address, rights = PAGES[page]
    address = address % sales.pk if "%d" in address else address
    assert sign_in(someone_with(*rights)).get(address).status_code == 200
    others = [name for name in RIGHTS if name not in rights]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_reps_do_not_see_the_settings(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


def test_with_one_pipeline_of_leads_no_page_of_leads_mentions_pipelines(sign_in, ada, make_lead):
    lead, browser = make_lead(), sign_in(ada)
    for address in ("", "?all=1", "/filter", f"/{lead.pk}", "/new", "/board?all=1", "/statuses/new"):
        page = browser.get(f"/admin/leads{address}").content.decode()
        for mark in ("data-col=pipeline", "<dt>Pipeline</dt>", 'name="pipeline"'):
            assert mark not in page, address
    assert LEAD.get_action("pipeline") not in LEAD.get_menu_actions(ada)


def test_with_two_pipelines_the_statuses_say_which_they_belong_to(sign_in, ada, renewals):
    page = sign_in(ada).get("/admin/leads/statuses").content.decode()
    assert "Renewals" in page
    assert LEAD.get_action("pipeline") in LEAD.get_menu_actions(ada)
    shown = sign_in(ada).get(f"/admin/leads/statuses?pipeline={renewals.pk}").context["table"]
    assert [row.name for row in shown.data] == ["New", "Talking", "Renewed", "Gone"]
    assert "order" in [column.name for column in shown.columns]


# Adding and changing


def test_a_new_pipeline_starts_with_new_won_and_lost(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    pipeline = Pipeline.objects.get(name="Renewals")
    rows = Status.objects.of_pipeline(pipeline.pk).in_order()
    assert [(row.name, row.kind, row.is_default) for row in rows] == [
        ("New", "new", True),
        ("Won", "won", False),
        ("Lost", "lost", False),
    ]


def test_a_new_pipeline_copies_the_statuses_of_another_with_their_contracts(sign_in, ada, sales, make_status):
    make_status("Strict", required_fields=["email"], most_days=5)
    make_status("Gone", retired=True)
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals", "copy_of": sales.pk})
    pipeline = Pipeline.objects.get(name="Renewals")
    rows = Status.objects.of_pipeline(pipeline.pk)
    assert rows.count() == 8
    strict = rows.get(name="Strict")
    assert (strict.required_fields, strict.most_days) == (["email"], 5)
    assert not rows.exclude(key="").exists()
    assert Status.objects.of_pipeline(sales.pk).count() == 9


def test_a_new_pipeline_and_its_statuses_are_undone_together(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    outcome = revert_operation(Operation.objects.get(kind="add_pipeline"), by=ada)
    assert Pipeline.objects.get(name="Renewals").retired
    assert Status.objects.of_leads().active().count() == 7
    assert not outcome.kept


def test_undoing_a_new_pipeline_keeps_it_if_it_has_leads(sign_in, ada, make_lead):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    pipeline = Pipeline.objects.get(name="Renewals")
    make_lead(status=status_of(pipeline, "Won"))
    revert_operation(Operation.objects.get(kind="add_pipeline"), by=ada)
    pipeline.refresh_from_db()
    assert not pipeline.retired
    assert Status.objects.of_pipeline(pipeline.pk).active().count() == 3


def test_a_department_has_one_first_choice(sign_in, ada, departments, sales, renewals):
    browser = sign_in(ada)
    both = [departments.sales.pk, departments.export.pk]
    browser.post(f"{LIST}/{sales.pk}", {"name": "Sales", "departments": both, "version": sales.version})
    assert Pipeline.objects.get_for_department(departments.export) == sales
    form = {"name": "Renewals", "departments": [departments.export.pk], "version": renewals.version}
    browser.post(f"{LIST}/{renewals.pk}", form)
    assert Pipeline.objects.get_for_department(departments.export) == renewals
    sales.refresh_from_db()
    assert sales.departments == [departments.sales.pk]
    revert_operation(Operation.objects.filter(kind="edit_pipeline").latest("pk"), by=ada)
    assert Pipeline.objects.get_for_department(departments.export) == sales


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "sales"}, "name"),
        ({"name": "New", "departments": ["99999"]}, "departments"),
        ({"name": "New", "copy_of": "99999"}, "copy_of"),
    ],
)
def test_bad_input_is_an_error_on_its_field_and_writes_nothing(values, field, sign_in, ada):
    answer = sign_in(ada).post(f"{LIST}/new", values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Pipeline.objects.of_leads().count() == 1


def test_the_order_of_pipelines_changes_and_can_be_undone(sign_in, ada, sales, renewals):
    sign_in(ada).post(f"{LIST}/order", {"up": renewals.pk})
    assert list(Pipeline.objects.of_leads().in_order()) == [renewals, sales]
    revert_operation(Operation.objects.get(kind="edit_pipeline"), by=ada)
    assert list(Pipeline.objects.of_leads().in_order()) == [sales, renewals]


def test_a_new_status_asks_for_its_pipeline_if_there_are_several(sign_in, ada):
    with operation("test", by=None):
        Pipeline.objects.create(name="Partners", position=2)
    answer = sign_in(ada).post("/admin/leads/statuses/new", {"name": "Waiting", "kind": "contacted"})
    assert answer.status_code == 422
    assert "pipeline" in answer.context["form"].errors


@pytest.mark.parametrize("end", ["order", "{}/activate"])
def test_changing_order_and_use_requires_the_permission(sign_in, someone_with, renewals, end):
    other = "delete_pipeline" if end == "order" else "change_pipeline"
    browser = sign_in(someone_with("view_pipeline", "add_pipeline", other))
    assert browser.post(f"{LIST}/{end.format(renewals.pk)}", {"up": renewals.pk}).status_code == 403


@pytest.mark.parametrize("sent", [{"up": "999999"}, {"down": "first"}, {}])
def test_a_missing_row_cannot_be_moved(sign_in, ada, sent):
    for table in ("pipelines", "statuses", "lost-reasons"):
        assert sign_in(ada).post(f"/admin/leads/{table}/order", sent).status_code == 404


def test_a_second_pipeline_shows_at_once_and_is_read_once_per_page(
    sales, renewals, django_assert_num_queries
):
    with operation("test", by=None):
        assert reference_tables.has_several_pipelines()
        Pipeline.objects.filter(pk=renewals.pk).update(retired=True)
        assert not reference_tables.has_several_pipelines()
    with cache_reads(), django_assert_num_queries(1):
        assert not reference_tables.has_several_pipelines()
        assert not reference_tables.has_several_pipelines()
