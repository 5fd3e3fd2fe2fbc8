"""Merging a status, a source or a choice: whatever names it names the one that stays, or the merge is refused; undo reverts all."""

import pytest
from django.http import QueryDict

from accounts.models import Role
from crm.models import CustomField, Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from intake.models import IncomingWebhook, WebForm
from leads.models import LostReason, Source
from mailings.models import Mailing
from reports.models import Pin, Report, ReportSchedule
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.assignment.assigning import make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything(ada, bob, departments, make_field, statuses):
    """One of each kind that names the status Contacted."""
    old = statuses.contacted.pk
    query = f"status={old}&any.status={old}&country=RO"
    make_field("Fee", "formula", formula=f'if({{status}} = @"{old}", 5, 0)')
    make_field("Reason", "text", shown_if={"field": "status", "values": [str(old), "kind:won"]})
    make_rule("Romania", query, user=bob)
    SavedView.objects.create(table="lead", owner=ada, name="Hot", query=query)
    report = Report.objects.create(owner=ada, name="Hot", query=f"by=source&{query}")
    next_at = "2030-01-01T00:00:00Z"
    ReportSchedule.objects.create(user=ada, shipped="funnel", title="", query=query, next_at=next_at)
    Pin.objects.create(user=ada, shipped="funnel", query=query)
    source = Source.objects.get(key="website")
    with operation("test", by=None):
        draft = {"by": ada, "department": departments.sales}
        Mailing.objects.create(subject="Draft", query=query, **draft)
        Mailing.objects.create(subject="Sent", query=query, state="sent", **draft)
        given = {"department": departments.sales, "status": statuses.contacted, "source": source}
        WebForm.objects.create(name="Contact us", slug="contact", questions=[], **given)
        IncomingWebhook.objects.create(name="Ads", public_id="a", **given)
    return report


def queries() -> list[str]:
    found = [
        *SavedView.objects.all(),
        *Report.objects.all(),
        *ReportSchedule.objects.all(),
        *Pin.objects.all(),
    ]
    return [row.query for row in [*found, Mailing.objects.get(subject="Draft")]]


def merge(browser, table: str, old, new):
    return browser.post(f"/admin/leads/{table}/merge?row={old.pk}", {"successor": new.pk, "into": new.pk})


def test_whatever_names_a_merged_status_names_the_one_that_stays(sign_in, ada, everything, statuses):
    old, new = statuses.contacted, statuses.qualified
    browser, before = sign_in(ada), all_tables()
    page = browser.get(f"/admin/leads/statuses/merge?row={old.pk}").text
    assert (
        "1 formula compares with it. If it’s merged or deleted, the formula will compare with the replacement:"
        in page
    )
    assert "2 web forms or incoming webhooks start their leads in this status." in page
    assert merge(browser, "statuses", old, new).status_code == 302
    fee, reason = (CustomField.objects.get(name=name) for name in ("Fee", "Reason"))
    assert fee.formula == f'if({{status}} = @"{new.pk}", 5, 0)'
    assert reason.shown_if["values"] == [str(new.pk), "kind:won"]
    for query in queries():
        data = QueryDict(query)
        assert (data.getlist("status"), data.getlist("any.status")) == ([str(new.pk)], [str(new.pk)]), query
    assert f"status={old.pk}&" in Mailing.objects.get(subject="Sent").query
    assert WebForm.objects.get().status == IncomingWebhook.objects.get().status == new
    revert_operation(Operation.objects.get(kind="merge_statuses"), by=ada)
    assert all_tables() == before


def test_whatever_names_a_deleted_status_names_its_replacement(sign_in, ada, everything, statuses):
    old, new = statuses.contacted, statuses.qualified
    browser, before = sign_in(ada), all_tables()
    path = f"/admin/leads/statuses/{old.pk}/delete"
    assert browser.post(path).status_code == 422
    assert browser.post(path, {"successor": new.pk}).status_code == 302
    assert CustomField.objects.get(name="Fee").formula == f'if({{status}} = @"{new.pk}", 5, 0)'
    assert WebForm.objects.get().status == new
    revert_operation(Operation.objects.get(kind="retire_status"), by=ada)
    assert all_tables() == before


def test_web_forms_and_webhooks_get_the_source_that_stays(sign_in, ada, everything, sources):
    old = Source.objects.get(key="website")
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/sources/merge?row={old.pk}").text
    assert "2 web forms or incoming webhooks give their leads this source." in page
    assert merge(browser, "sources", old, sources.other).status_code == 302
    assert WebForm.objects.get().source == IncomingWebhook.objects.get().source == sources.other
    revert_operation(Operation.objects.get(kind="merge_sources"), by=ada)
    assert WebForm.objects.get().source == IncomingWebhook.objects.get().source == old


def test_a_formula_that_compares_with_the_text_of_a_status_refuses_with_its_name(
    sign_in, ada, make_field, make_lead, statuses
):
    make_lead(status="contacted")
    words = make_field("Words", "formula", formula='concat({status}, "")')
    make_field("Is contacted", "formula", formula=f'{{{words.name}}} = "Contacted"')
    answer = merge(sign_in(ada), "statuses", statuses.contacted, statuses.qualified)
    assert answer.status_code == 409
    sentence = (
        "Change these formulas first, because they compare with the text of this choice: “Is contacted”."
    )
    assert sentence in answer.text
    answer = sign_in(ada).post(
        f"/admin/leads/statuses/{statuses.contacted.pk}/delete", {"successor": statuses.qualified.pk}
    )
    assert (answer.status_code, sentence in answer.text) == (409, True)
    statuses.contacted.refresh_from_db()
    assert not statuses.contacted.retired


def test_a_formula_follows_a_merged_lost_reason(sign_in, ada, make_field):
    old, new = LostReason.objects.active()[:2]
    make_field("Fee", "formula", formula=f'if({{lost_reason}} = @"{old.pk}", 5, 0)')
    assert merge(sign_in(ada), "lost-reasons", old, new).status_code == 302
    assert CustomField.objects.get(name="Fee").formula == f'if({{lost_reason}} = @"{new.pk}", 5, 0)'


@pytest.fixture
def segment(make_field):
    return make_field("Segment", "choice", choices=["Gold", "Silver", "Bronze"])


def choice_address(field, key: str) -> str:
    return f"/admin/leads/fields/{field.definition.pk}/choices/{key}"


def test_formulas_questions_reports_and_mailings_follow_a_merged_choice(
    sign_in, ada, departments, make_field, segment
):
    name = segment.name
    make_field("Fee", "formula", formula=f'if({{{name}}} = @"o1", 5, 0)')
    query = f"{name}=o1&any.{name}=o1"
    report = Report.objects.create(owner=ada, name="Hot", query=query, role=Role.objects.get(key="rep"))
    question = {"field": "city", "if_field": name, "if_value": "Gold"}
    with operation("test", by=None):
        Mailing.objects.create(subject="Draft", query=query, by=ada, department=departments.sales)
        given = {"department": departments.sales, "source": Source.objects.get(key="website")}
        WebForm.objects.create(name="Contact us", slug="contact", questions=[question], **given)
    browser, before = sign_in(ada), all_tables()
    merging = {"act": "merge", "into": "silver"}
    assert browser.post(choice_address(segment, "o1"), merging).status_code == 302
    assert CustomField.objects.get(name="Fee").formula == f'if({{{name}}} = @"o2", 5, 0)'
    report.refresh_from_db()
    assert report.query == Mailing.objects.get().query == f"{name}=o2&any.{name}=o2"
    assert WebForm.objects.get().questions[0]["if_value"] == "Silver"
    revert_operation(Operation.objects.get(kind="merge_custom_choices"), by=ada)
    assert all_tables() == before


def test_a_choice_whose_text_a_formula_compares_is_not_merged(sign_in, ada, make_field):
    interests = make_field("Interests", "choices", choices=["Gold", "Silver"])
    make_field("Wants gold", "formula", formula=f'{{{interests.name}}} = "gold, Silver"')
    answer = sign_in(ada).post(choice_address(interests, "o1"), {"act": "merge", "into": "silver"})
    assert answer.status_code == 409
    assert "compare with the text of this choice: “Wants gold”." in answer.text
    assert not CustomField.objects.get(name="Interests").choices[0].get("retired")


def test_a_choice_that_a_formula_compares_with_is_not_deleted(sign_in, ada, make_field, segment):
    make_field("Fee", "formula", formula=f'if({{{segment.name}}} = @"o1", 5, 0)')
    answer = sign_in(ada).post(choice_address(segment, "o1"), {"act": "delete"})
    assert answer.status_code == 409
    assert "Change these formulas first, because they compare with this choice: “Fee”." in answer.text
