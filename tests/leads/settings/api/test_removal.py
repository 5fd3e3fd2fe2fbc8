"""API v2 deletes, merges and retires what records refer to as the pages do, with their questions and refusals."""

import pytest

from crm.models import Job, Operation, SavedView, Tag
from crm.platform.jobs import JOB_KINDS
from crm.records.history.verb_execution import operation
from leads.models import Lead, LostReason, Pipeline, Source, Status
from leads.settings.api import row_removal
from tests.api.page_and_call import assert_says_as_much, carry_out_by_call, carry_out_by_page
from tests.leads.settings.api.stored_lists import read_lists

STATUSES, PAGES = "/api/v2/statuses", "/admin/leads"


@pytest.fixture
def rows(make_lead, ann, bob):
    with operation("test", by=None):
        tags = [Tag.objects.create(name=name) for name in ("hot", "warm")]
        second = Pipeline.objects.create(name="Partners", position=2)
        for place, (name, kind) in enumerate({"Start": "new", "Good": "won", "Bad": "lost"}.items()):
            Status.objects.create(
                name=name, pipeline=second, kind=kind, is_default=kind == "new", position=place
            )
    found = {row.key: row for model in (Status, Source, LostReason) for row in model.objects.exclude(key="")}
    make_lead("Ana Albu", status="qualified", owner=ann, tags=[tags[0].pk])
    make_lead("Ana Pop", status="qualified", owner=bob, source=found["event"])
    make_lead("Ana Binned", status="qualified", owner=bob, deleted_at="2026-01-01T00:00Z")
    make_lead("Ana Lost", status="lost", owner=ann, lost_reason=found["budget"])
    SavedView.objects.create(table="lead", owner=ann, name="Ready", query=f"status={found['qualified'].pk}")
    pipeline = Pipeline.objects.get(name="Sales")
    return found | {"hot": tags[0], "warm": tags[1], "sales": pipeline, "second": second}


# The list, the row, its replacement or None, and what both send besides.
DELETED = {
    "a status in use": ("statuses", "qualified", "proposal", {}),
    "a status that becomes lost, without a reason": ("statuses", "qualified", "lost", {}),
    "a status that becomes lost": ("statuses", "qualified", "lost", {"reason": "budget", "remark": "Too dear"}),
    "a status that becomes itself": ("statuses", "qualified", "qualified", {}),
    "a status that nothing uses": ("statuses", "contacted", None, {}),
    "the status of new leads": ("statuses", "new", "contacted", {}),
    "a source in use": ("sources", "event", "website", {}),
    "a source that nothing uses": ("sources", "partner", None, {}),
}  # fmt: skip
NAMES = {"reason": "lost_reason", "remark": "details"}


@pytest.mark.parametrize("case", DELETED)
def test_a_row_is_deleted_as_on_its_page(case, rows, ada, sign_in, umbra):
    many, name, into, more = DELETED[case]
    more = {key: rows[value].pk if key == "reason" else value for key, value in more.items()}
    pk = rows[name].pk
    by_hand = more | ({"successor": rows[into].pk} if into else {})
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/{many}/{pk}/delete", by_hand, read_lists)
    sent = {NAMES[key]: value for key, value in more.items()} | (
        {"replace_with": rows[into].pk} if into else {}
    )
    query = "&".join(f"{key}={value}" for key, value in sent.items())
    assert_says_as_much(
        page, carry_out_by_call(umbra(ada), "DELETE", f"/api/v2/{many}/{pk}?{query}", None, read_lists)
    )


def test_a_row_in_use_is_only_deleted_with_a_replacement(rows, ada, umbra):
    path, program = f"{STATUSES}/{rows['qualified'].pk}", umbra(ada)
    problem = program.delete(path, expect=409)
    assert problem["code"] == "in_use"
    assert "2 leads" in problem["detail"]
    assert "Trash: 1 lead" in problem["detail"]
    assert "Saved views: 1" in problem["detail"]
    assert "replace_with" in problem["detail"]
    assert not Status.objects.get(pk=rows["qualified"].pk).retired
    done = program.delete(f"{path}?replace_with={rows['proposal'].pk}")
    assert Lead.objects.filter(status=rows["proposal"].pk).count() == 3
    program.post(f"/api/v2/operations/{done['operation']}/undo", {})
    assert Lead.objects.filter(status=rows["qualified"].pk).count() == 3


@pytest.mark.parametrize(
    "query", ["replace_with=x", "replace_with=0", "replace_with=999999999", "successor=3"]
)
def test_a_replacement_that_there_is_not_changes_nothing(query, rows, ada, umbra):
    name = query.partition("=")[0]
    problem = umbra(ada).delete(f"{STATUSES}/{rows['qualified'].pk}?{query}", expect=422)
    assert problem["errors"][0]["parameter"] == name
    assert not Status.objects.get(pk=rows["qualified"].pk).retired


def test_lists_that_cannot_be_deleted_from_have_no_call_for_it(rows, ada, umbra):
    umbra(ada).delete(f"/api/v2/tags/{rows['hot'].pk}", expect=405)
    umbra(ada).delete(f"/api/v2/pipelines/{rows['sales'].pk}", expect=405)


# The list, the rows that are merged, the one that they become, and what both send besides.
MERGED = {
    "statuses": ("statuses", ["qualified", "contacted"], "proposal", {}),
    "statuses that become lost, without a reason": ("statuses", ["qualified"], "lost", {}),
    "statuses that become lost": ("statuses", ["qualified"], "lost", {"reason": "budget"}),
    "the status of new leads": ("statuses", ["new"], "contacted", {}),
    "sources": ("sources", ["event", "partner"], "website", {}),
    "tags": ("tags", ["hot"], "warm", {}),
    "lost reasons": ("lost-reasons", ["budget", "timing"], "no_fit", {}),
}


@pytest.mark.parametrize("case", MERGED)
def test_rows_are_merged_as_on_their_page(case, rows, ada, sign_in, umbra):
    many, names, into, more = MERGED[case]
    more = {key: rows[value].pk for key, value in more.items()}
    ids = [rows[name].pk for name in names]
    screen = f"{PAGES}/{many}/merge?" + "&".join(f"row={pk}" for pk in ids)
    page = carry_out_by_page(sign_in(ada), screen, {"into": rows[into].pk, **more}, read_lists)
    body = {"others": ids} | {NAMES[key]: value for key, value in more.items()}
    path = f"/api/v2/{many}/{rows[into].pk}/merge"
    assert_says_as_much(page, carry_out_by_call(umbra(ada), "POST", path, body, read_lists))


def test_what_cannot_be_merged_is_named(rows, ada, umbra):
    program, foreign = umbra(ada), Status.objects.get(name="Good").pk
    path = f"{STATUSES}/{rows['won'].pk}/merge"
    for others in ([rows["won"].pk], [999_999_999]):
        assert program.post(path, {"others": others}, expect=422)["errors"][0]["parameter"] == "others"
    assert program.post(path, {"others": [foreign]}, expect=409)["code"] == "in_use"
    program.patch(f"{STATUSES}/{rows['proposal'].pk}", {"retired": True})
    program.post(f"{STATUSES}/{rows['proposal'].pk}/merge", {"others": [rows["qualified"].pk]}, expect=409)
    assert not Status.objects.get(pk=rows["qualified"].pk).retired


def test_many_records_get_another_row_in_a_job(rows, ada, umbra, monkeypatch):
    monkeypatch.setattr(row_removal, "ROWS_AT_ONCE", 1)
    program = umbra(ada)
    query = f"?replace_with={rows['proposal'].pk}"
    deleted = program.delete(f"{STATUSES}/{rows['qualified'].pk}{query}", expect=202)["job"]
    merged = program.post(
        f"{STATUSES}/{rows['won'].pk}/merge", {"others": [rows["qualified"].pk]}, expect=202
    )["job"]
    assert Lead.objects.filter(status=rows["qualified"].pk).count() == 3
    for number, kind in ((deleted, "retire_status"), (merged, "merge_statuses")):
        job = Job.objects.get(pk=number)
        program.patch(f"{STATUSES}/{rows['qualified'].pk}", {"retired": False})
        record = JOB_KINDS[job.kind].work(job, lambda done, total: None)
        assert (record.kind, record.channel) == (kind, "api")


# The pipeline that is retired, its replacement or None, and the statuses that are mapped.
RETIRED = {
    "by categories": ("sales", "second", {}),
    "by a mapping": ("sales", "second", {"qualified": "Good", "lost": "Bad"}),
    "one without records": ("second", None, {}),
}


@pytest.mark.parametrize("case", RETIRED)
def test_a_pipeline_is_retired_as_on_its_page(case, rows, ada, sign_in, umbra):
    name, into, mapped = RETIRED[case]
    mapping = {rows[old].pk: Status.objects.get(name=new).pk for old, new in mapped.items()}
    chosen = {"pipeline": rows[into].pk} if into else {}
    by_hand = chosen | {f"from_{old}": new for old, new in mapping.items()}
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/pipelines/{rows[name].pk}/retire", by_hand, read_lists)
    body = {"replace_with": rows[into].pk, "statuses": mapping} if into else {}
    path = f"/api/v2/pipelines/{rows[name].pk}/retire"
    assert_says_as_much(page, carry_out_by_call(umbra(ada), "POST", path, body, read_lists))


def test_a_preview_says_how_many_records_stay_and_changes_nothing(rows, ada, umbra):
    with operation("test", by=None):
        Status.objects.filter(pipeline=rows["second"]).update(required_fields=["email"])
    program, path = umbra(ada), f"/api/v2/pipelines/{rows['sales'].pk}/retire"
    body = {"replace_with": rows["second"].pk, "preview": True}
    before = Operation.objects.count()
    preview = program.post(path, body)
    assert (preview["operation"], preview["retired"], preview["stay"]) == (None, False, 4)
    assert sum(preview["refused"].values()) == 4
    assert Operation.objects.count() == before
    done = program.post(path, body | {"preview": False})
    assert (done["retired"], done["stay"]) == (False, 4)
    assert not Pipeline.objects.get(pk=rows["sales"].pk).retired


def test_a_pipeline_with_records_is_only_retired_with_a_replacement(rows, ada, umbra):
    program, path = umbra(ada), f"/api/v2/pipelines/{rows['sales'].pk}/retire"
    assert "4 leads" in program.post(path, {}, expect=409)["detail"]
    for body in ({"replace_with": rows["sales"].pk}, {"replace_with": rows["second"].pk, "statuses": {"x": 1}},
                 {"replace_with": rows["second"].pk, "statuses": {str(rows["new"].pk): rows["won"].pk}}):  # fmt: skip
        program.post(path, body, expect=422)
    assert not Pipeline.objects.get(pk=rows["sales"].pk).retired


def test_the_last_pipeline_stays_and_a_retired_one_is_used_again(rows, ada, umbra):
    program, path = umbra(ada), f"/api/v2/pipelines/{rows['second'].pk}"
    program.post(f"{path}/retire", {})
    assert program.get(path)["retired"]
    assert program.post(f"/api/v2/pipelines/{rows['sales'].pk}/retire", {}, expect=409)["code"] == "in_use"
    answer = program.post(f"{path}/activate")
    assert (answer["retired"], Operation.objects.get(pk=answer["operation"]).channel) == (False, "api")
