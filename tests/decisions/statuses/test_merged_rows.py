"""Which statuses, sources, tags and lost reasons become another one, with all records that have them, and which ones can't."""

from typing import Any, NamedTuple

import pytest

from crm.models import Job, Operation, SavedView, Tag
from crm.platform.jobs import JobProblem, PartDone
from crm.records.history import multi_part_changes
from crm.records.history.verb_execution import operation
from leads.models import Lead, Status
from leads.settings import merge
from leads.settings.merge import (
    RowMerge,
    _describe_job,
    get_merge_obstacle,
    get_merge_rights,
    get_unmergeable_reason,
    merge_settings,
    merge_tags,
)
from leads.settings.retirement import RetirementRefused
from leads.settings.settings_tables import SETTINGS_TABLES
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]

pytestmark = pytest.mark.django_db

REACH = "You don’t have permission to change all of the affected records. Ask an administrator."
TAKEN, OTHERS = "The replacement is no longer in use.", "Select other rows."
ACROSS = "Statuses of different pipelines can’t be merged."


@pytest.fixture
def rows(statuses, sources, reasons, make_tag) -> dict[str, dict[str, Any]]:
    """By table: the rows one and two, the one that they become, and another one."""
    found: dict[str, dict[str, Any]] = {"tag": {}}
    for name in ("one", "two", "into", "other"):
        found["tag"][name] = make_tag(name)
    for table, of in (("status", statuses), ("source", sources), ("lost_reason", reasons)):
        every = [row for row in vars(of).values() if not getattr(row, "is_default", False)]
        every = [row for row in every if not getattr(row, "given_by_api", False)]
        if table == "status":
            every = [row for row in every if row.pipeline == of.new.pipeline and row.is_open]
        found[table] = dict(zip(("one", "two", "into", "other"), every, strict=False))
        if table == "status":
            found[table]["other"] = of.new
    return found


def make_with(make: Any, table: str, row: Any, **values: Any) -> Any:
    given = {"tags": [row.pk]} if table == "tag" else {table: row}
    given |= {"status": "lost"} if table == "lost_reason" else {}
    return make(**given | values)


def read_row(record: Any, table: str) -> int:
    record.refresh_from_db()
    return record.tags[0] if table == "tag" else getattr(record, f"{table}_id")


@pytest.mark.parametrize("table", ["status", "source", "tag", "lost_reason"])
def test_all_records_of_merged_rows_get_the_other_one(
    table, rows, ada, bob, departments, make_lead, make_company
):
    own = rows[table]
    one, two, into, other = (own[name] for name in ("one", "two", "into", "other"))
    found = [
        make_with(make_lead, table, one, owner=bob),
        make_with(make_lead, table, two, department=departments.export),
        make_with(make_lead, table, one, deleted_at="2026-01-05T00:00Z"),
        make_with(make_lead, table, into, owner=bob),
    ]
    left = make_with(make_lead, table, other, owner=bob)
    if table == "tag":
        found.append(make_company(tags=[one.pk]))
    parameter = {"tag": "tags"}.get(table, table)
    view = SavedView.objects.create(table="lead", owner=bob, name="V", query=f"{parameter}={one.pk}&vip=yes")
    merging = RowMerge(SETTINGS_TABLES[table], (one.pk, two.pk), into.pk)
    assert merging.record_count == len(found) - 1
    record = merging.carry_out(by=ada)
    assert {read_row(one, table) for one in found} == {into.pk}
    assert read_row(left, table) == other.pk
    model = SETTINGS_TABLES[table].model
    retired = model.objects.filter(pk__in=[row.pk for row in own.values()], retired=True)
    assert set(retired) == {one, two}
    view.refresh_from_db()
    assert view.query == f"{parameter}={into.pk}&vip=yes"
    plural = {"status": "statuses"}.get(table, f"{table}s")
    assert (record.kind, record.by, record.channel) == (f"merge_{plural}", ada, "web")
    assert (record.parameters["rows"], record.parameters["successor"]) == ([one.pk, two.pk], into.pk)
    assert [step[0] for step in record.parameters["views"]] == [view.pk]
    assert merging.record_count == 0


def test_deals_and_leads_share_lost_reasons_and_deals_have_their_own_stages(
    rows, statuses, ada, make_deal, make_lead
):
    own = rows["lost_reason"]
    deal = make_deal("Machine", status=statuses.deal_lost, lost_reason=own["one"])
    other = make_deal("Press", status=statuses.negotiation)
    lead = make_lead(status="qualified")
    RowMerge(SETTINGS_TABLES["lost_reason"], (own["one"].pk,), own["into"].pk).carry_out(by=ada)
    assert read_row(deal, "lost_reason") == own["into"].pk
    merging = RowMerge(SETTINGS_TABLES["status"], (statuses.negotiation.pk,), statuses.deal_proposal.pk)
    assert [list(records) for records in merging.records] == [[other]]
    merging.carry_out(by=ada)
    assert read_row(other, "status") == statuses.deal_proposal.pk
    assert read_row(lead, "status") == statuses.qualified.pk


class Case(NamedTuple):
    """The statuses that are merged and the one that they become, by key; what is so of them, who does it; and the sentence."""

    rows: list[str]
    into: str
    refused: str
    values: dict[str, dict[str, Any]] = {}
    by: str = "ada"


REFUSED = {
    "one that isn't there": Case(["none"], "proposal", OTHERS),
    "one that isn't there beside one that is": Case(["qualified", "none"], "proposal", OTHERS),
    "itself": Case(["qualified"], "qualified", OTHERS),
    "itself beside another one": Case(["contacted", "qualified"], "qualified", OTHERS),
    "into one that isn't there": Case(["qualified"], "none", TAKEN),
    "into one that is retired": Case(["qualified"], "proposal", TAKEN, {"proposal": {"retired": True}}),
    "into one of another pipeline": Case(["qualified"], "negotiation", ACROSS),
    "of two pipelines": Case(["qualified", "negotiation"], "proposal", ACROSS),
    "the one of new leads": Case(["new"], "proposal", "New: New records start in this status"),
    "the one of new leads beside another one": Case(
        ["qualified", "new"], "proposal", "New: New records start"
    ),
    "a lead that the user may not change": Case(["qualified"], "proposal", REACH, by="ann"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_which_rows_cant_be_merged(case, statuses, cast, departments, make_lead):
    ids = {name: getattr(statuses, name).pk if name != "none" else 10**9 for name in (*case.rows, case.into)}
    lead = make_lead(status="qualified", department=departments.export)
    with operation("test", by=None):
        for name, values in case.values.items():
            Status.objects.filter(key=name).update(**values)
    before = list(Status.objects.order_by("pk").values())
    merging = RowMerge(SETTINGS_TABLES["status"], tuple(ids[name] for name in case.rows), ids[case.into])
    with pytest.raises(RetirementRefused) as refused:
        merging.carry_out(by=getattr(cast, case.by))
    assert str(refused.value).startswith(case.refused)
    assert list(Status.objects.order_by("pk").values()) == before
    assert read_row(lead, "status") == statuses.qualified.pk
    assert not Operation.objects.filter(kind="merge_statuses").exists()


def test_new_leads_start_in_the_row_that_stays(statuses, ada):
    RowMerge(SETTINGS_TABLES["status"], (statuses.qualified.pk,), statuses.new.pk).carry_out(by=ada)
    assert not Status.objects.get(pk=statuses.new.pk).retired
    assert Status.objects.get(pk=statuses.qualified.pk).retired


def test_what_keeps_rows_from_being_merged_whatever_they_become(statuses, sources):
    assert get_unmergeable_reason([statuses.qualified, statuses.negotiation]) == ACROSS
    assert get_unmergeable_reason([statuses.qualified, statuses.new]) == ""
    assert get_unmergeable_reason([statuses.new]).startswith("New: New records start")
    assert get_unmergeable_reason([statuses.qualified]) == ""
    assert get_unmergeable_reason([sources.event, sources.partner]) == ""
    assert get_unmergeable_reason([]) == ""
    assert get_merge_obstacle([sources.event], sources.partner) == ""
    assert get_merge_obstacle([sources.event], None) == TAKEN


def test_a_closed_status_takes_a_reason_and_a_remark_and_no_contract(statuses, reasons, make_lead, ada):
    lead = make_lead(status="qualified", owner=ada)
    kind, rows = SETTINGS_TABLES["status"], (statuses.qualified.pk,)
    with operation("test", by=None):
        Status.objects.filter(key="lost").update(required_fields=["email"])
    RowMerge(kind, rows, statuses.lost.pk, reasons.timing.pk, "Too late").carry_out(by=ada)
    lead.refresh_from_db()
    assert (lead.status.key, lead.lost_reason.key, lead.lost_remark) == ("lost", "timing", "Too late")
    assert RowMerge(kind, rows, statuses.proposal.pk).build_verb([], statuses.proposal).reason is None


def test_the_source_of_a_lead_that_is_converted_changes_too(sources, make_lead, make_company, ada):
    lead = make_lead(source="event", owner=ada, client=make_company())
    RowMerge(SETTINGS_TABLES["source"], (sources.event.pk,), sources.partner.pk).carry_out(by=ada)
    assert read_row(lead, "source") == sources.partner.pk


def test_what_leads_to_a_merged_status_leads_to_the_one_that_stays(statuses, ada):
    with operation("test", by=None):
        Status.objects.filter(key="contacted").update(
            next_statuses=[statuses.qualified.pk, statuses.proposal.pk]
        )
    RowMerge(SETTINGS_TABLES["status"], (statuses.qualified.pk,), statuses.proposal.pk).carry_out(by=ada)
    assert Status.objects.get(key="contacted").next_statuses == [statuses.proposal.pk]


RIGHTS = {
    "status": ["leads.delete_status", "leads.change_lead"],
    "source": ["leads.delete_source", "leads.change_lead"],
    "tag": ["crm.delete_tag", "leads.change_lead"],
    "lost_reason": ["leads.change_lostreason", "leads.change_lead"],
}


@pytest.mark.parametrize(("table", "rights"), RIGHTS.items(), ids=RIGHTS)
def test_which_permissions_merging_requires(table, rights):
    assert get_merge_rights(SETTINGS_TABLES[table]) == rights


class Portion(NamedTuple):
    """Of five leads with the reason, some of them out of the reach of who asks, at most so many may change at once; the table, whether the other
    reason is in use; how many leads the portion of two changes, None for no portion, or the sentence that refuses it."""

    most: int
    changed: int | None
    refused: str = ""
    table: str = "lost_reason"
    by: str = "ada"
    retired: bool = False


PORTIONS = {
    "too many": Portion(4, 2),
    "as many as may": Portion(5, None),
    "another table": Portion(4, None, table="source"),
    "out of reach": Portion(4, None, REACH, by="ann"),
    "out of reach, but few": Portion(5, None, by="ann"),
    "into one that isn't in use": Portion(4, None, TAKEN, retired=True),
}


@pytest.fixture
def five(rows, departments, make_lead, bob) -> list[Lead]:
    own = rows["lost_reason"]
    values = {"status": "lost", "source": rows["source"]["one"]}
    found = [make_lead(owner=bob, lost_reason=own["one"], **values) for _number in range(4)]
    return [*found, make_lead(lost_reason=own["two"], department=departments.export, **values)]


@pytest.mark.parametrize("case", PORTIONS.values(), ids=PORTIONS)
def test_of_too_many_records_a_portion_gets_the_other_reason(case, five, rows, cast, monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", case.most)
    monkeypatch.setattr(merge, "ROWS_A_PART", 2)
    own = rows[case.table]
    if case.retired:
        with operation("test", by=None):
            type(own["into"]).objects.filter(pk=own["into"].pk).update(retired=True)
    merging = RowMerge(
        SETTINGS_TABLES[case.table], (own["one"].pk, own["two"].pk), own["into"].pk, channel="api"
    )
    by = getattr(cast, case.by)
    if case.refused:
        with pytest.raises(RetirementRefused) as refused:
            merging.carry_out_portion(by=by, progress=lambda done, total: None)
        assert str(refused.value) == case.refused
        return
    done = merging.carry_out_portion(by=by, progress=lambda done, total: None)
    if case.changed is None:
        assert done is None
        return
    assert (done.changed, done.channel, done.kind) == (2, "api", "merge_lost_reasons")
    first, second, third, *_more = [read_row(lead, "lost_reason") for lead in five]
    assert [first, second, third] == [own["into"].pk, own["into"].pk, own["one"].pk]
    assert not own["one"].__class__.objects.get(pk=own["one"].pk).retired


def test_what_is_out_of_reach_of_one_type_keeps_all(five, rows, cast, make_deal, statuses, monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 4)
    own = rows["lost_reason"]
    make_deal("Machine", owner=cast.bob, status=statuses.deal_lost, lost_reason=own["one"])
    merging = RowMerge(SETTINGS_TABLES["lost_reason"], (own["one"].pk, own["two"].pk), own["into"].pk)
    with pytest.raises(RetirementRefused) as refused:
        merging.carry_out_portion(by=cast.ann, progress=lambda done, total: None)
    assert str(refused.value) == REACH


def test_a_portion_of_deals_alone(rows, ada, make_deal, statuses, monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 1)
    own = rows["lost_reason"]
    deals = [make_deal(f"D{n}", status=statuses.deal_lost, lost_reason=own["one"]) for n in range(2)]
    merging = RowMerge(SETTINGS_TABLES["lost_reason"], (own["one"].pk,), own["into"].pk)
    assert merging.carry_out_portion(by=ada, progress=lambda done, total: None).changed == 2
    assert {read_row(deal, "lost_reason") for deal in deals} == {own["into"].pk}


def test_a_job_merges_in_portions_with_the_permission_and_says_why_it_didnt(five, rows, cast, monkeypatch):
    own, table = rows["lost_reason"], SETTINGS_TABLES["lost_reason"]
    arguments = RowMerge(table, (own["one"].pk, own["two"].pk), own["into"].pk).get_arguments()

    def work(user: Any, **values: Any) -> Any:
        job = Job.objects.create(kind="merge_settings", user=user, arguments=arguments | values)
        return merge_settings(job, lambda done, total: None)

    with pytest.raises(JobProblem, match="Nothing was changed"):
        work(cast.bob)
    with pytest.raises(JobProblem, match="no longer in use"):
        work(cast.ada, into=10**9)
    with monkeypatch.context() as few:
        few.setattr(multi_part_changes, "ROWS_IN_ONE", 4)
        few.setattr(merge, "ROWS_A_PART", 2)
        assert isinstance(work(cast.ada), PartDone)
    done = work(cast.ada)
    assert (done.kind, done.changed) == ("merge_lost_reasons", 3)
    assert {read_row(lead, "lost_reason") for lead in five} == {own["into"].pk}


# Whether this job and another one have begun, and what is said of the rest once the permission is gone.
LOST = {
    "none has begun": (False, False, "Nothing"),
    "it has": (True, False, "The rest"),
    "another one": (False, True, "Nothing"),
}


@pytest.mark.parametrize(("own", "another", "said"), LOST.values(), ids=LOST)
def test_a_job_that_loses_its_permission_says_what_was_changed(own, another, said, rows, bob, monkeypatch):
    tags = rows["tag"]
    values = RowMerge(SETTINGS_TABLES["tag"], (tags["one"].pk,), tags["into"].pk).get_arguments()
    jobs = [Job.objects.create(kind="merge_settings", user=bob, arguments=values) for _number in range(2)]
    begun = {job.pk for job, has in zip(jobs, (own, another), strict=True) if has}
    monkeypatch.setattr(type(Job.objects.all()), "begun", lambda jobs: jobs.filter(pk__in=begun))
    with pytest.raises(JobProblem) as lost:
        merge_settings(jobs[0], lambda done, total: None)
    assert said in str(lost.value)


def test_a_job_of_an_earlier_version_merges_one_tag(rows, ada, make_lead):
    tags = rows["tag"]
    lead = make_lead(tags=[tags["one"].pk], owner=ada)
    job = Job.objects.create(
        kind="merge_tags", user=ada, arguments={"pk": tags["one"].pk, "into": tags["into"].pk}
    )
    assert merge_tags(job, lambda done, total: None).kind == "merge_tags"
    assert read_row(lead, "tag") == tags["into"].pk
    assert _describe_job({"pk": tags["one"].pk}) == "Merging one"
    assert _describe_job({"table": "tag", "rows": [tags["one"].pk, tags["two"].pk]}) == "Merging one, two"
    with operation("test", by=None):
        Tag.objects.create(pk=1, name="First")
    assert _describe_job({}) == _describe_job({"rows": [0]})
