"""Custom fields that are shown only for statuses of a category, wherever the condition is evaluated."""

import pytest

from crm.fields.custom.definitions.field_visibility import filter_having_field, has_field
from crm.models import CustomField
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status
from tests.crm.records.custom_fields.any_record import values
from tests.crm.records.custom_fields.test_departments import field_hidden
from tests.crm.records.custom_fields.test_settings import FIELDS, posted, posted_new

LEAD = KINDS["lead"]


@pytest.fixture
def detail(make_field):
    """A required field of lost leads."""
    condition = {"field": "status", "values": ["kind:lost"]}
    return make_field("Detail", required=True, first_value="none", shown_if=condition)


def test_it_follows_the_category_of_the_status_in_values_and_in_queries(detail, statuses, make_lead):
    lost, new = make_lead(status=statuses.lost), make_lead(status=statuses.new)
    assert has_field(detail, {"status": statuses.lost})
    assert has_field(detail, {"status": statuses.lost.pk})
    assert not has_field(detail, {"status": statuses.new})
    assert set(Lead.objects.filter(filter_having_field(detail, {}))) == {lost}
    assert set(Lead.objects.filter(filter_having_field(detail, {"status": statuses.lost}))) == {lost, new}
    assert not Lead.objects.filter(filter_having_field(detail, {"status": statuses.new})).exists()


def test_a_status_that_gets_the_category_later_shows_it_too(detail, statuses, make_status):
    gone = make_status("Gone", kind="lost")
    assert has_field(detail, {"status": gone})
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(kind="lost")
    assert has_field(detail, {"status": statuses.contacted.pk})


def test_the_form_shows_requires_and_fills_it_only_in_this_category(
    detail, statuses, ann, make_lead, sign_in
):
    browser = sign_in(ann)
    data = posted_new(browser) | {"last_name": "Dan"}
    assert browser.post("/admin/leads/new", data).status_code == 302
    assert values(Lead.objects.get(last_name="Dan")) == {}
    address = f"/admin/leads/{make_lead(owner=ann).pk}/edit"
    page = browser.get(address).text
    assert field_hidden(page, detail)
    assert f"{{&quot;status&quot;: [&quot;{statuses.lost.pk}&quot;]}}" in page
    reason = {"lost_reason": "1"}
    moved = posted(browser, address) | {"status": statuses.lost.pk, detail.name: ""} | reason
    answer = browser.post(address, moved)
    assert detail.name in answer.context["form"].errors
    assert not field_hidden(answer.text, detail)


def test_the_definition_offers_the_categories(ada, make_field, sign_in):
    row, browser = make_field("Detail").definition, sign_in(ada)
    data = {
        "name": "Detail",
        "decimals": "0",
        "shown_field": "status",
        "shown_status": ["kind:won", "kind:lost"],
    }
    assert browser.post(f"{FIELDS}/{row.pk}", data).status_code == 302
    assert CustomField.objects.get().shown_if == {"field": "status", "values": ["kind:won", "kind:lost"]}
    assert "Category: won" in browser.get(f"{FIELDS}/{row.pk}").text
