"""The list of automations, the page and log of one, its trial, and turning it on: what they show, to whom, and at which cost."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automations.models import Automation, AutomationTrial
from crm.models import Job, Operation
from crm.platform.jobs import run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from tests.automations.automating import make_automation, work

pytestmark = pytest.mark.django_db

AUTOMATIONS = "/admin/automations"


@pytest.fixture
def to_cluj(ada):
    return make_automation("Cluj", ada, conditions="country=RO", turned_on=False)


def get_names(page) -> list[str]:
    return [line.automation.name for line in page.context["lines"]]


def test_the_list_says_each_automation_as_a_sentence(sign_in, ada, to_cluj):
    (line,) = sign_in(ada).get(AUTOMATIONS).context["lines"]
    assert line.sentence == {
        "when": "When a lead is added",
        "conditions": "country Romania",
        "steps": ["Set a field: City, Cluj"],
    }


def test_the_empty_list_has_examples_that_fill_the_form_in(sign_in, ada):
    page = sign_in(ada).get(AUTOMATIONS)
    assert len(page.context["examples"]) == 3
    for example in page.context["examples"]:
        form = (
            sign_in(ada).get(f"{AUTOMATIONS}/new?of={example.table}&example={example.code}").context["form"]
        )
        assert len(form.step_forms.rows) == 1


def test_automations_are_moved_by_buttons_and_by_dragging_and_the_order_can_be_undone(sign_in, ada):
    first, second, third = (make_automation(name, ada) for name in ("First", "Second", "Third"))
    browser = sign_in(ada)
    browser.post(f"{AUTOMATIONS}/order", {"up": second.pk})
    assert get_names(browser.get(AUTOMATIONS)) == ["Second", "First", "Third"]
    browser.post(f"{AUTOMATIONS}/order", {"row": third.pk, "after": ""})
    assert get_names(browser.get(AUTOMATIONS)) == ["Third", "Second", "First"]
    revert_operation(Operation.objects.filter(kind="edit_automation").latest("pk"), by=ada)
    assert get_names(browser.get(AUTOMATIONS)) == ["Second", "First", "Third"]
    answer = browser.post(f"{AUTOMATIONS}/order", {"row": first.pk, "after": "x"}, follow=True)
    assert "The automations have changed in the meantime. Try again." in answer.text


# The order of all automations, of which "A", "B" and "C" are seen; what is sent, and the order after it.
MOVES = {
    "up, past one out of sight": ("A x B C", {"up": "B"}, "B A x C"),
    "down, past one out of sight": ("A x B C", {"down": "A"}, "x B A C"),
    "up, at the top": ("x A B C", {"up": "A"}, "x A B C"),
    "down, at the end": ("A B C x", {"down": "C"}, "A B C x"),
    "dragged to the beginning": ("x A y B C", {"row": "C", "after": ""}, "x C A y B"),
    "dragged behind another one": ("A x B y C", {"row": "A", "after": "B"}, "x B A y C"),
}


@pytest.mark.parametrize(("order", "sent", "wanted"), MOVES.values(), ids=MOVES.keys())
def test_a_move_passes_an_automation_that_its_user_sees(sign_in, ada, someone_with, order, sent, wanted):
    user = someone_with("view_lead", "view_automation", "change_automation")
    found = {
        name: make_automation(name, ada, table_of="lead" if name.isupper() else "deal")
        for name in order.split()
    }
    data = {key: found[name].pk if name else "" for key, name in sent.items()}
    browser = sign_in(user)
    assert get_names(browser.get(AUTOMATIONS)) == [name for name in order.split() if name.isupper()]
    browser.post(f"{AUTOMATIONS}/order", data)
    rows = Automation.objects.active().in_order()
    assert " ".join(row.name for row in rows) == wanted


def test_the_page_says_that_an_automation_was_not_tried_or_has_changed_since(sign_in, ada, to_cluj):
    browser, page = sign_in(ada), f"{AUTOMATIONS}/{to_cluj.pk}"
    assert "You haven’t tried this automation yet." in browser.get(page).text
    browser.post(f"{page}/trial", {"days": "30"})
    assert "tried this automation yet" not in browser.get(page).text
    with operation("test", by=None):
        Automation.objects.filter(pk=to_cluj.pk).update(conditions="country=CZ")
    assert "The automation has changed since you tried it." in browser.get(page).text


def test_turning_on_and_off_can_be_undone(sign_in, ada, to_cluj):
    browser = sign_in(ada)
    for name, on in (("on", True), ("off", False)):
        browser.post(f"{AUTOMATIONS}/{to_cluj.pk}/switch", {name: "1"})
        to_cluj.refresh_from_db()
        assert to_cluj.turned_on is on
    revert_operation(Operation.objects.filter(kind="edit_automation").latest("pk"), by=ada)
    to_cluj.refresh_from_db()
    assert to_cluj.turned_on


def test_a_deleted_automation_is_gone_until_that_is_undone(sign_in, ada, to_cluj):
    browser = sign_in(ada)
    browser.post(f"{AUTOMATIONS}/{to_cluj.pk}/delete")
    assert get_names(browser.get(AUTOMATIONS)) == []
    assert browser.get(f"{AUTOMATIONS}/{to_cluj.pk}").status_code == 404
    revert_operation(Operation.objects.get(kind="retire_automation"), by=ada)
    assert get_names(browser.get(AUTOMATIONS)) == ["Cluj"]


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_trial_is_a_job_whose_result_names_the_records(sign_in, ada, to_cluj, make_lead):
    lead = make_lead(country="RO")
    make_lead("Ana Albu", country="CZ")
    browser = sign_in(ada)
    assert browser.post(f"{AUTOMATIONS}/{to_cluj.pk}/trial", {"days": "30"}).status_code == 302
    assert "Waiting to start" in browser.get(f"{AUTOMATIONS}/{to_cluj.pk}/trial").text
    run_job(job_id=Job.objects.get().pk)
    page = browser.get(f"{AUTOMATIONS}/{to_cluj.pk}/trial")
    assert [(line.record, line.steps) for line in page.context["page"].lines] == [
        (lead, ["Set a field: City, Cluj"])
    ]
    assert "It would have acted on 1 lead" in page.text
    assert "1: conditions not met" in page.text


def test_a_trial_that_could_not_be_made_says_why(sign_in, ada, to_cluj):
    browser = sign_in(ada)
    browser.post(f"{AUTOMATIONS}/{to_cluj.pk}/trial", {"days": "none such"})
    assert AutomationTrial.objects.get().days == 90
    Job.objects.update(state=Job.State.FAILED, problem="A field that the conditions use no longer exists.")
    assert (
        "A field that the conditions use no longer exists."
        in browser.get(f"{AUTOMATIONS}/{to_cluj.pk}/trial").text
    )


def test_the_log_has_only_records_that_its_reader_sees(sign_in, ada, carla, departments, make_lead):
    """Carla sees the department Export."""
    automation = make_automation("Cluj", ada)
    make_lead("Ana Albu", department=departments.sales)
    own = make_lead("Jan Novák", department=departments.export)
    work()
    page = f"{AUTOMATIONS}/{automation.pk}"
    assert len(sign_in(ada).get(page).context["lines"]) == 2
    assert sign_in(carla).get(page).status_code == 403
    carla.groups.get().permissions.add(Permission.objects.get(codename="view_automation"))
    assert [line.record for line in sign_in(carla).get(page).context["lines"]] == [own]
    assert 'name="on"' not in sign_in(carla).get(page).text


def test_the_log_names_the_record_and_its_change_and_is_filtered_by_outcome(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada, conditions="country=RO")
    acted, _unmet = make_lead(country="RO"), make_lead("Ana Albu", country="CZ")
    work()
    browser, page = sign_in(ada), f"{AUTOMATIONS}/{automation.pk}"
    assert {line.run.outcome for line in browser.get(page).context["lines"]} == {"acted", "unmet"}
    (line,) = browser.get(f"{page}?outcome=acted").context["lines"]
    assert (line.record, line.written.may_undo) == (acted, True)
    assert browser.get(AUTOMATIONS).context["lines"][0].acted == 1
    assert len(browser.get(f"{page}?outcome=x").context["lines"]) == 2


def test_the_log_is_read_page_by_page(sign_in, ada, make_lead, monkeypatch):
    monkeypatch.setattr("automations.views.automation.PAGE", 2)
    automation = make_automation("Cluj", ada)
    leads = [make_lead(f"Lead {number}") for number in range(3)]
    work()
    browser, page = sign_in(ada), f"{AUTOMATIONS}/{automation.pk}"
    first = browser.get(page)
    second = browser.get(f"{page}?before={first.context['next']}")
    found = [line.record for one in (first, second) for line in one.context["lines"]]
    assert found == leads[::-1]


def count_queries(act) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_pages_cost_the_same_for_many_rows(sign_in, ada, make_lead):
    for number in range(4):
        make_automation(f"Number {number}", ada)
    browser = sign_in(ada)
    page = f"{AUTOMATIONS}/{Automation.objects.first().pk}"
    make_lead()
    work()
    few = count_queries(lambda: browser.get(page))
    for number in range(6):
        make_lead(f"Lead {number}")
    work()
    assert count_queries(lambda: browser.get(page)) <= few + 1
