"""Before a change, one sentence says for how many days it can be undone."""

import pytest

from tests.automations.automating import make_automation
from tests.reading import close_up
from tests.sequences.sequencing import build_step, make_sequence


@pytest.fixture(params=[1, 45])
def days(request, settings):
    settings.UNDO_DAYS = request.param
    return f"<b>You can undo this for {request.param} day{'s' if request.param > 1 else ''}.</b>"


def test_the_preview_of_a_bulk_change_says_for_how_many_days(days, ann, make_lead, sign_in):
    browser = sign_in(ann)
    sent = {"action": "vip", "record": [make_lead().pk]}
    page = close_up(browser.get(browser.post("/admin/leads/bulk", sent)["Location"]).text)
    assert days in page
    assert "to undo it" not in page


def test_the_start_of_a_sequence_says_for_how_many_days(days, ann, make_lead, sign_in):
    sequence, lead = (
        make_sequence("One", build_step("call", title="Call")),
        make_lead(owner=ann, email="jan@example.com"),
    )
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}/sequence/start?sequence={sequence.pk}")
    assert page.context["preview"].problem == ""
    assert days in close_up(page.text)


def test_an_automation_that_is_run_by_its_author_says_for_how_many_days(days, ada, make_lead, sign_in):
    make_lead(country="RO")
    steps = [("set", {"field": "city", "value": "Cluj"})]
    automation = make_automation("Cluj", ada, *steps, conditions="country=RO", turned_on=False)
    browser = sign_in(ada)
    page = browser.get(browser.post(f"/admin/automations/{automation.pk}/run")["Location"])
    assert days in close_up(page.text)
