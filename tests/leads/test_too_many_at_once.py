"""Settings that more than a million leads have aren't deleted with one change of all: the list changes them in parts first."""

import pytest

from crm.models import Job, Operation
from crm.records import in_parts
from tests.leads.test_pipelines import LIST, status_of

SENTENCE = "More than 2 records would change at once."


@pytest.fixture(autouse=True)
def three_are_too_many(monkeypatch, make_lead, statuses):
    monkeypatch.setattr(in_parts, "ROWS_IN_ONE", 2)
    for name in "ABC":
        make_lead(name, status=statuses.contacted)


def refused(answer) -> bool:
    """Nothing was changed or queued, and the page says what to do."""
    return (
        answer.status_code == 409
        and SENTENCE in answer.content.decode()
        and not Operation.objects.filter(kind__regex="retire|merge").exists()
        and not Job.objects.exists()
    )


def test_a_status_of_too_many_leads_is_not_deleted_until_the_list_has_changed_them(
    sign_in, ada, statuses, monkeypatch
):
    browser, address = sign_in(ada), f"/admin/leads/statuses/{statuses.contacted.pk}/delete"
    assert SENTENCE in browser.get(address).content.decode()
    assert refused(browser.post(address, {"successor": statuses.qualified.pk}))
    monkeypatch.setattr(in_parts, "ROWS_IN_ONE", 3)
    assert SENTENCE not in browser.get(address).content.decode()
    assert browser.post(address, {"successor": statuses.qualified.pk}).status_code == 302


def test_statuses_of_too_many_leads_are_not_merged(sign_in, ada, statuses):
    address = f"/admin/leads/statuses/merge?row={statuses.contacted.pk}"
    assert refused(sign_in(ada).post(address, {"into": statuses.qualified.pk}))


def test_a_pipeline_with_too_many_leads_is_not_retired(sign_in, ada, sales, renewals):
    assert status_of(renewals, "Talking")
    address = f"{LIST}/{sales.pk}/retire"
    assert SENTENCE in sign_in(ada).get(address).content.decode()
    assert refused(sign_in(ada).post(address, {"pipeline": renewals.pk}))
