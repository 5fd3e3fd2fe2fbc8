"""Loading the demo: which records are the demo's, and that one which was removed doesn't come back by itself."""

import pytest

from accounts.company.demo_removal import is_demo_there, remove_demo
from accounts.company.events import COMPANY_EVENTS
from accounts.models import User
from crm.models import Operation, Verdict
from crm.platform.server import demo
from crm.records.kinds.kind_registry import KINDS
from customers.models import Contact, Deal, DealContact, Employment
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


def test_a_demo_whose_records_are_in_trash_is_loaded_again(quiet):
    """Also one by one: companies, contacts, deals and requests come back as well, with what belongs to them."""
    demo.grow_demo(300, quiet)

    def count() -> dict[str, int]:
        return {kind.name: kind.model.objects.present().count() for kind in KINDS.values()}

    def count_between() -> list[int]:
        deals, people = Deal.objects.present(), Contact.objects.present()
        return [
            DealContact.objects.filter(deal__in=deals).count(),
            Employment.objects.filter(contact__in=people).count(),
        ]

    before, between = count(), count_between()
    assert all(before.values())
    boss = User.objects.with_rights().get(email="admin@demo.example")
    remove_demo(boss, lambda _done, _total: None)
    assert not any(count().values())
    demo.grow_demo(300, quiet)
    # What came in by email comes with the mailbox, which stayed.
    assert count() == before | {"request": 300 // 50}
    assert count_between() == between
    assert is_demo_there()


def test_no_webhook_is_offered_for_what_is_never_sent():
    """The demo is loaded by a command, before anyone could ask to be notified."""
    offered = {name for _title, events in COMPANY_EVENTS for name, _label in events}
    assert "load_demo" not in offered
    assert "remove_demo" in offered


def test_the_first_start_loads_the_demo_once_also_if_its_records_are_gone_by_then(
    quiet, make_lead, monkeypatch
):
    part = demo.DemoPart(empty=lambda: True, grow=lambda _total, _say: min(make_lead().pk, 1))
    monkeypatch.setattr(demo, "PARTS", [part])
    demo.load_if_empty(quiet)
    demo.load_if_empty(quiet)
    assert Lead.objects.count() == 1
