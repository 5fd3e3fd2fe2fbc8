"""A form that is sent reads each of the small tables once; and what a visitor gets if it can't be kept right now."""

from collections import Counter

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from crm.fields.custom.values.field_registry import get_custom_fields, use_definitions_as_found
from crm.platform.web.transactions import Busy
from crm.records.history.verb_execution import operation
from intake.forms.submissions import lead_creation, submission_processing
from intake.models import Submission, WebForm
from leads.models import Lead, Status
from tests.intake.conftest import state_in

pytestmark = pytest.mark.django_db
ANA = {"last_name": "Pop", "email": "ana@omnia.example"}
# With the savepoints of the operation.
MOST = 25


@pytest.fixture
def posted(make_form, visitor):
    """Sends a form twice, each time a new one, and returns the queries of the second time."""

    def queries(**values) -> list[str]:
        form = make_form(**values)
        for number in range(2):
            data = {"form_state": state_in(visitor.get(form.path)), **ANA, "last_name": f"Pop {number}"}
            with CaptureQueriesContext(connection) as found:
                assert visitor.post(form.path, data).status_code == 302
        assert Lead.objects.count() == 2
        return [query["sql"] for query in found]

    return queries


def test_sending_a_form_reads_each_small_table_once(posted):
    found = posted()
    reads = Counter(
        name
        for sql in found
        for name in ("intake_webform", "leads_pipeline", "crm_customfield", "intake_stopword")
        if f'FROM "{name}"' in sql or f"FROM {name}" in sql
    )
    assert {name: number for name, number in reads.items() if number > 1} == {}
    assert len(found) <= MOST, "\n".join(sql[:200] for sql in found)


def test_each_address_opens_its_own_form_as_it_is_now(make_form, statuses, bob):
    one, other = make_form("One", status=statuses.contacted, owner=bob), make_form("Other", slug="other")
    for form in (one, other, one):
        fresh = WebForm.objects.with_names().select_related("status__pipeline").get(pk=form.pk)
        found = WebForm.get_published(form.slug)
        assert (found, found.questions, found.status, found.owner) == (
            fresh,
            fresh.questions,
            fresh.status,
            fresh.owner,
        )
        assert found.department == fresh.department
    assert WebForm.get_published(one.slug).status.pipeline == statuses.contacted.pipeline
    with operation("test", by=None):
        WebForm.objects.filter(pk=one.pk).update(published=False)
    assert WebForm.get_published(one.slug) is None
    assert WebForm.get_published("?") is None


def test_the_fields_are_read_once_within_a_block_that_only_reads(db, django_assert_num_queries):
    get_custom_fields("lead")
    with django_assert_num_queries(1), use_definitions_as_found():
        for _time in range(3):
            get_custom_fields("lead")


def test_a_status_whose_rules_change_while_a_form_is_sent_is_read_again(make_form, visitor, monkeypatch):
    form = make_form()
    data = {"form_state": state_in(visitor.get(form.path)), **ANA}
    before = lead_creation._add_lead

    def changed_meanwhile(*arguments):
        with operation("test", by=None):
            Status.objects.of_leads().filter(is_default=True).update(required_fields=["company"])
        return before(*arguments)

    monkeypatch.setattr(lead_creation, "_add_lead", changed_meanwhile)
    answer = visitor.post(form.path, data)
    assert answer.status_code == 409
    assert not Lead.objects.exists()


def locked(*_arguments, **_keywords):
    class Locked(Exception):
        sqlstate = "55P03"

    raise OperationalError("locked") from Locked()


def busy(*_arguments, **_keywords):
    raise Busy


def is_framed(answer) -> bool:
    policy = answer["Content-Security-Policy"]
    return "frame-ancestors *" in policy and "X-Frame-Options" not in answer


@pytest.mark.parametrize("fault", [locked, busy])
def test_a_form_that_meets_locked_rows_is_shown_again_with_what_was_typed(
    make_form, visitor, monkeypatch, fault
):
    form = make_form()
    data = {"form_state": state_in(visitor.get(form.path)), **ANA}
    monkeypatch.setattr(submission_processing, "add_or_update_lead", fault)
    answer = visitor.post(form.path, data)
    assert answer.status_code == 409
    assert "Many forms are arriving right now" in answer.text
    assert 'value="ana@omnia.example"' in answer.text
    assert is_framed(answer)
    assert not Submission.objects.exists()
    monkeypatch.undo()
    again = {"form_state": state_in(answer), **ANA}
    assert visitor.post(form.path, again).status_code == 302
    assert Lead.objects.count() == 1


def test_any_other_page_of_a_form_that_is_busy_may_be_framed_too(make_form, visitor, monkeypatch):
    form = make_form(language="ro")
    monkeypatch.setattr("intake.forms.views.confirmation.find_submission", locked)
    answer = visitor.post(f"{form.path}/confirm/token")
    assert answer.status_code == 409
    assert 'lang="ro"' in answer.text
    assert f'href="{form.path}"' in answer.text
    assert is_framed(answer)


def test_a_form_that_is_too_large_is_answered_by_a_page_that_may_be_framed(make_form, visitor):
    form = make_form()
    answer = visitor.post(form.path, ANA | {"description": "x" * 400_000})
    assert answer.status_code == 413
    assert "Shorten your texts or choose smaller files" in answer.text
    assert "Contact us" in answer.text
    assert is_framed(answer)
    assert not Submission.objects.exists()


def test_a_large_body_for_a_form_that_does_not_exist_may_not_be_framed(visitor, db):
    answer = visitor.post("/forms/nothing", {"text": "x" * 400_000})
    assert answer.status_code == 413
    assert not is_framed(answer)
    assert not WebForm.objects.exists()
