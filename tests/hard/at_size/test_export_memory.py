"""The web process's memory during a large export doesn't grow with the number of leads."""

import gc
import tracemalloc
from pathlib import Path

import psutil
import pytest

from crm.models import Export, FrozenSet
from crm.records.editing.bulk_actions import freeze_set
from tests.crm.transfer.exports.exporting import ALL, WRITE
from tests.hard.many import many_leads

pytestmark = [
    pytest.mark.hard,
    pytest.mark.usefixtures("patient"),
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
]

LEADS = 40_000
# Keeping the rows would take 20 MB or more, keeping only the ids 12.
MEGABYTES = 7
# The others of both formats, each night.
MORE = [("selected", "csv"), ("matching", "xlsx"), ("matching", "csv")]


def grown_by_export(browser, query: str, **data) -> float:
    """The peak growth in MB of Python's memory, or of this process; the output is discarded.

    Python's number misses the database driver's memory; the process's number misses memory that reuses freed memory.
    """
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = psutil.Process().memory_info().rss
    tracemalloc.start()
    try:
        sent = browser.post(f"{WRITE}?{query}", ALL | data)
        assert sum(map(len, sent.streaming_content)) > 1_000
        _held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return max(most, int(peak.split()[1]) * 1024 - before) / 1e6


@pytest.mark.parametrize(
    ("which", "kind"),
    [
        ("selected", "xlsx"),
        *(pytest.param(*more, marks=pytest.mark.nightly) for more in MORE),
    ],
)
def test_a_large_export_takes_no_more_memory_than_a_small_one(
    sign_in, ann, departments, statuses, sources, which, kind
):
    ids = many_leads(LEADS, departments.sales, statuses.new, sources.other, "RO")
    few = f"set={freeze_set(ann, 'lead', ids[:1_000], '').pk}"
    many = f"set={freeze_set(ann, 'lead', ids, '').pk}" if which == "selected" else "country=RO"
    del ids
    browser = sign_in(ann)
    grown_by_export(browser, few, format=kind)
    grown = grown_by_export(browser, many, format=kind)
    assert Export.objects.latest("pk").wrote == LEADS
    assert grown < MEGABYTES


@pytest.mark.nightly
def test_selecting_all_that_match_takes_no_memory_per_lead(sign_in, ann, departments, statuses, sources):
    many_leads(LEADS, departments.sales, statuses.new, sources.other, "RO")
    browser = sign_in(ann)
    browser.post("/admin/leads/bulk?country=DE", {"action": "export", "all": "1"})
    gc.collect()
    tracemalloc.start()
    try:
        answer = browser.post("/admin/leads/bulk?country=RO", {"action": "export", "all": "1"})
        _held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer["Location"].startswith("/admin/leads/export?set=")
    found = FrozenSet.objects.latest("pk")
    assert found.count == len(found.ids) == LEADS
    assert found.ids == sorted(found.ids)
    assert most < 3_000_000
