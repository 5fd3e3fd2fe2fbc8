"""How a lead came in: the card on its page, and `came_in` in API v2."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.forms.questions import FormQuestion
from intake.models import Submission
from leads.models import Lead
from leads.page.page_card import CARDS
from tests.api.conftest import Program, make_token
from tests.intake.webhooks.conftest import deliver, make_webhook  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
FIRST = '{"utm_source": "newsqq"}'


@pytest.fixture
def came(make_form, send, bob):
    """A lead of bob that a form added, whose visitor agreed to a text."""
    asked = [FormQuestion("email"), FormQuestion("consent", label="I agree to callsqq.", version=3)]
    form = make_form("Contact usqq", questions=asked, owner=bob, duplicates="note")
    send(form, "utm_source=adsqq&gclid=gqq", email="ana@omnia.example", first_touch=FIRST, consent="on")
    return form, Lead.objects.get()


def page_of(lead: Lead) -> str:
    return f"/admin/leads/{lead.pk}"


def test_the_page_of_a_lead_says_how_it_came_in(came, ada, sign_in):
    _form, lead = came
    page = sign_in(ada).get(page_of(lead)).text
    for part in ("How this lead came in", "Contact usqq", "Added by a web form", "First touch", "Last touch"):
        assert part in page
    for part in ("newsqq", "adsqq", "gclid", "I agree to callsqq.", "Version 3"):
        assert part in page
    assert f"/admin/forms/submissions/{Submission.objects.get().pk}" in page


def test_a_visit_without_a_campaign_and_a_consent_leaves_these_out(make_form, send, ada, sign_in):
    send(make_form(), last_name="Pop", email="ana@omnia.example")
    page = sign_in(ada).get(page_of(Lead.objects.get())).text
    assert "Added by a web form" in page
    assert "touch</h3>" not in page


def test_the_first_arrival_is_the_one_that_added_the_lead(came, send, ada, sign_in):
    form, lead = came
    send(form, "utm_source=againqq", email="ana@omnia.example")
    assert [row.state for row in Submission.objects.order_by("pk")] == ["lead", "known"]
    page = sign_in(ada).get(page_of(lead)).text
    assert page.index("Added by a web form") < page.index("Filled in a web form again")
    assert "againqq" in page


def test_a_user_who_may_not_view_forms_sees_no_link_to_the_submission(came, bob, sign_in):
    _form, lead = came
    assert not bob.has_perm("intake.view_webform")
    page = sign_in(bob).get(page_of(lead)).text
    assert "I agree to callsqq." in page
    assert "/admin/forms/submissions/" not in page


def test_a_user_who_may_not_view_the_lead_does_not_see_how_it_came_in(came, dan, sign_in):
    _form, lead = came
    assert sign_in(dan).get(page_of(lead)).status_code == 404


def test_a_lead_that_someone_typed_has_no_such_card(make_lead, bob, sign_in):
    page = sign_in(bob).get(page_of(make_lead("Ana", owner=bob))).text
    assert "How this lead came in" not in page


def test_a_lead_of_a_webhook_names_it(make_webhook, deliver, ada, sign_in):  # noqa: F811 - a fixture
    webhook = make_webhook(name="Lead adsqq", mapping={"email": "email"})
    deliver(webhook, {"email": "ana@omnia.example"})
    page = sign_in(ada).get(page_of(Lead.objects.get())).text
    assert "Added by an incoming webhook" in page
    assert "Lead adsqq" in page
    assert f"/calls/{webhook.calls.get().pk}" in page


def test_the_card_takes_one_query(came, send, ada, sign_in, monkeypatch):
    form, lead = came
    for number in range(12):
        send(form, f"utm_source=s{number}", email="ana@omnia.example")
    browser = sign_in(ada)
    browser.get(page_of(lead))
    with CaptureQueriesContext(connection) as with_card:
        browser.get(page_of(lead))
    others = [make for make in CARDS if not make.__module__.startswith("intake")]
    monkeypatch.setattr("leads.page.page_card.CARDS", others)
    with CaptureQueriesContext(connection) as without:
        browser.get(page_of(lead))
    assert CARDS
    assert len(with_card) == len(without) + 1


@pytest.fixture
def program(bob):
    """Calls API v2 for bob."""
    return Program(make_token(bob), "Authorization", "Bearer ")


def test_api_v2_has_the_arrivals_of_a_lead(came, program):
    _form, lead = came
    (found,) = program.get(f"/api/v2/leads/{lead.pk}")["came_in"]
    assert found.pop("at").endswith("Z")
    assert found == {
        "by": "web_form",
        "name": "Contact usqq",
        "added": True,
        "first_touch": {"utm_source": "newsqq"},
        "last_touch": {"utm_source": "adsqq", "gclid": "gqq"},
        "consents": [{"text": "I agree to callsqq.", "version": 3, "given": True}],
    }
    assert program.get("/api/v2/leads")["leads"] == [program.get(f"/api/v2/leads/{lead.pk}")]


def test_a_lead_that_someone_typed_has_no_arrivals(make_lead, bob, program):
    lead = make_lead("Ana", owner=bob)
    assert program.get(f"/api/v2/leads/{lead.pk}")["came_in"] == []


def test_a_program_cannot_write_how_a_lead_came_in(came, program):
    _form, lead = came
    answer = program.patch(f"/api/v2/leads/{lead.pk}", {"came_in": []}, expect=422)
    assert "read-only" in str(answer)
