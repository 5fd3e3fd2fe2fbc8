"""Removing the demo: what goes to Trash and what stays, as one change that can be undone; and who is offered it."""

import pytest

from accounts.company.demo_removal import (
    RemoveDemo,
    count_demo_records,
    is_demo_there,
    remove_demo,
)
from accounts.models import User
from crm.models import Job, Operation
from crm.platform.server.demo import record_demo_records
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Delete
from tests.customers.conftest import make_deal, make_request

__all__ = ["make_deal", "make_request"]

PAGE, TODAY, SETTINGS = "/admin/demo", "/admin/today", "/admin/settings"
OFFER = 'href="/admin/demo"'


@pytest.fixture
def boss(sign_in, ada):
    return User.objects.with_rights().get(pk=ada.pk)


@pytest.fixture
def demo(make_lead, make_company, make_contact, make_deal, make_request):
    """One record of each kind, and two leads."""
    with record_demo_records():
        return [make_lead(), make_lead(), make_company(), make_contact(), make_deal(), make_request()]


def get_rows() -> dict[str, list]:
    """All records as they are stored, without their number of changes and the time of the last one."""
    skipped = {"version", "updated_at"}
    return {
        kind.name: [
            {name: value for name, value in row.items() if name not in skipped}
            for row in kind.model.objects.order_by("pk").values()
        ]
        for kind in KINDS.values()
    }


def remove(boss) -> Operation | None:
    return remove_demo(boss, lambda _done, _total: None)


def test_all_records_of_the_demo_go_to_trash_and_those_of_people_stay(boss, make_lead, demo):
    own = make_lead()
    assert [(kind.name, count) for kind, count in count_demo_records(boss)] == [
        (kind.name, 2 if kind.name == "lead" else 1) for kind in KINDS.values()
    ]
    record = remove(boss)
    assert record.changed == 6
    assert dict(record.count_changed_by_table())["lead"] == 2
    assert list(Lead.objects.present()) == [own]
    for kind in KINDS.values():
        assert kind.name == "lead" or not kind.model.objects.present().exists()
    assert describe_operation(record) == "Remove the demo"
    assert count_demo_records(boss) == []


def test_the_removal_is_done_undone_and_compared(boss, make_lead, demo):
    make_lead()
    before = get_rows()
    record = remove(boss)
    assert get_rows() != before
    revert_operation(record, by=boss)
    assert get_rows() == before
    assert list(find_history_differences()) == []


def test_a_demo_that_was_brought_back_is_there_again(boss, demo):
    assert is_demo_there()
    record = remove(boss)
    assert not is_demo_there()
    revert_operation(record, by=boss)
    assert is_demo_there()


def test_records_of_the_demo_that_were_deleted_before_are_not_brought_back_by_the_undo(boss, demo):
    carry_out(Delete(), Lead.objects.filter(pk=demo[0].pk), by=boss)
    revert_operation(remove(boss), by=boss)
    assert list(Lead.objects.present()) == [demo[1]]


def test_the_loading_itself_cannot_be_undone(boss, demo):
    from crm.records.history.undo.undo_permission import get_undo_obstacle

    record = Operation.objects.get(kind="load_demo")
    assert describe_operation(record) == "Load the demo"
    assert str(get_undo_obstacle(record, boss)) == "The demo can be removed in Settings."


def test_the_page_says_what_goes_and_its_button_starts_one_job(sign_in, ada, demo):
    browser = sign_in(ada)
    page = browser.get(PAGE).text
    assert "2 leads" in page
    assert "1 company" in page
    answer = browser.post(PAGE)
    job = Job.objects.get(kind=RemoveDemo.kind)
    assert answer["Location"] == f"/admin/jobs/{job.pk}"
    browser.post(PAGE)
    assert Job.objects.filter(kind=RemoveDemo.kind).count() == 1
    assert f'href="/admin/jobs/{job.pk}"' in browser.get(PAGE).text


def test_it_is_offered_only_while_a_demo_is_there(sign_in, ada, boss, demo):
    browser = sign_in(ada)
    assert OFFER in browser.get(SETTINGS).text
    assert OFFER in browser.get(f"{TODAY}/deferred").text
    remove(boss)
    assert OFFER not in browser.get(SETTINGS).text
    assert OFFER not in browser.get(f"{TODAY}/deferred").text
    assert "There are no records of a demo." in browser.get(PAGE).text
    browser.post(PAGE)
    assert not Job.objects.filter(kind=RemoveDemo.kind).exists()


def test_who_has_no_demo_sees_nothing_of_it(sign_in, ada, make_lead):
    make_lead()
    browser = sign_in(ada)
    assert OFFER not in browser.get(SETTINGS).text
    assert OFFER not in browser.get(f"{TODAY}/deferred").text


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403_and_no_offer(sign_in, cast, demo, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE).status_code == 403
    assert OFFER not in browser.get(f"{TODAY}/deferred").text
