"""While an import is applied, lists by age skip its leads, which aren't visible yet; afterwards they appear."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.models import Job
from crm.records.listing.record_list import RecordList
from crm.records.paging import page_queries
from crm.transfer.imports import jobs as import_jobs
from leads.kind import LEAD
from leads.models import Lead
from tests.crm.transfer.imports.importing import choose, page, upload
from tests.crm.transfer.imports.importing import work as do_jobs


@pytest.fixture
def begun():
    return timezone.now().replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def job(ada, begun):
    return Job.objects.create(kind="import_apply", user=ada, state=Job.State.RUNNING, started_at=begun)


@pytest.fixture
def around(make_lead, bob, begun):
    """Nine leads from before, at and after the start of the job, some of them Bob's."""
    found = []
    for minutes in (-2, -1, -1, 0, 0, 0, 1, 1, 2):
        owner = bob if len(found) % 2 else None
        owner, shared = bob if len(found) % 2 else None, len(found) % 3 == 0
        added = begun + timedelta(minutes=minutes)
        lead = make_lead(f"Lead {len(found)}", owner=owner, shared=shared, created_at=added)
        found.append(lead.pk)
    return found


def all_pages(user, query: str) -> list[int]:
    """The ids of all pages of two rows, forward; going backward must give the same."""
    forwards, backwards, after, before = [], [], "", "&last=1"
    for _page in range(20):
        shown = RecordList(LEAD, QueryDict(query + after), user).get_page(2)
        forwards += shown.ids
        after = f"&after={shown.next}"
        if not shown.next:
            break
    for _page in range(20):
        shown = RecordList(LEAD, QueryDict(query + before), user).get_page(2)
        backwards = shown.ids + backwards
        before = f"&before={shown.previous}"
        if not shown.previous:
            break
    assert backwards == forwards
    return forwards


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ada", "ann", "oscar", "bob"])
@pytest.mark.parametrize("most", [4_000, 1])
@pytest.mark.parametrize("sort", ["created_at", "-created_at"])
def test_lists_by_age_skip_the_timestamp_of_a_running_import(
    sort, most, who, cast, around, job, begun, monkeypatch
):
    monkeypatch.setattr(page_queries, "WALK", most)
    user = getattr(cast, who)
    visible = Lead.objects.visible_to(user).order_by(sort, "id" if sort == "created_at" else "-id")
    before = [lead.pk for lead in visible if lead.created_at != begun]
    query = f"all=1&sort={sort}"
    assert all_pages(user, query) == before
    Job.objects.update(state=Job.State.FINISHED)
    assert all_pages(user, query) == [lead.pk for lead in visible]


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"kind": "import_check"}, {"state": Job.State.WAITING}])
def test_nothing_is_skipped_for_another_job_or_a_waiting_one(changed, ada, around, job):
    Job.objects.update(**changed)
    assert sorted(all_pages(ada, "all=1")) == sorted(around)


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_all_leads_of_an_import_have_the_start_time_of_its_job(sign_in, ann, monkeypatch):
    monkeypatch.setattr(import_jobs, "ROWS_AT_ONCE", 3)
    browser = sign_in(ann)
    rows = [["Last name"], *([f"Pop {number}"] for number in range(6))]
    imported = choose(browser, upload(browser, rows), "columns")
    browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    do_jobs()
    begun = Job.objects.get(kind="import_apply").started_at
    assert set(Lead.objects.values_list("created_at", flat=True)) == {begun}
    assert len(all_pages(ann, "all=1")) == 6
