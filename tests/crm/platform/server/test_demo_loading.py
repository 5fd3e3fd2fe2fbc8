"""Loading the demo: which records are the demo's, and that one which was removed doesn't come back by itself."""

import pytest

from crm.models import Operation, Verdict
from crm.platform.server import demo
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead


@pytest.fixture
def quiet(settings, tmp_path, monkeypatch, db):
    """With a folder of its own for the password, and a small demo."""
    settings.DATA = tmp_path
    monkeypatch.setattr(demo, "FIRST_SIZE", 300)
    return lambda _text: None


def test_an_operation_names_exactly_the_records_that_the_demo_added(quiet, make_lead):
    own = make_lead()
    added = demo.grow_demo(300, quiet)
    record = Operation.objects.get(kind="load_demo")
    assert record.changed >= added > 299
    for kind in KINDS.values():
        ids = Verdict.objects.get(operation=record, table=kind.name).ids
        others = [own.pk] if kind.name == "lead" else []
        assert sorted([*ids, *others]) == list(kind.model.objects.order_by("pk").values_list("pk", flat=True))


def test_a_demo_that_grows_has_an_operation_for_each_growth(quiet):
    demo.grow_demo(300, quiet)
    demo.grow_demo(320, quiet)
    demo.grow_demo(320, quiet)
    counts = Verdict.objects.made_by_demo("lead").order_by("pk").values_list("count", flat=True)
    assert list(counts) == [300, 20]


def test_the_first_start_loads_the_demo_once_also_if_its_records_are_gone_by_then(
    quiet, make_lead, monkeypatch
):
    part = demo.DemoPart(empty=lambda: True, grow=lambda _total, _say: min(make_lead().pk, 1))
    monkeypatch.setattr(demo, "PARTS", [part])
    demo.load_if_empty(quiet)
    demo.load_if_empty(quiet)
    assert Lead.objects.count() == 1
