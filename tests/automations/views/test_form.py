"""The form of an automation: its buttons draw it again with all that was entered, and saving it checks every part."""

import pytest

from automations.models import Automation, AutomationTrial
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation

pytestmark = pytest.mark.django_db

AUTOMATIONS = "/admin/automations"
NEW = f"{AUTOMATIONS}/new"


def sent(user, **values) -> dict:
    """What the form sends for a note on each new lead."""
    fields = {
        "of": "lead",
        "name": "Welcome",
        "trigger": "added",
        "conditions": "country=RO",
        "owner": user.pk,
        "most_an_hour": "1000",
        "step": ["0-add_note"],
        "s0-text": "Hello",
    }
    return {**fields, **values}


def get_cards(page) -> list[str]:
    return [row.key for row in page.context["form"].step_forms.rows]


def test_a_new_automation_is_off_and_tried_at_once(sign_in, ada):
    answer = sign_in(ada).post(NEW, sent(ada, **{"try": "1"}))
    automation = Automation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{AUTOMATIONS}/{automation.pk}/trial")
    assert (automation.table_of, automation.conditions, automation.owner) == ("lead", "country=RO", ada)
    assert automation.steps == [{"action": "add_note", "values": {"text": "Hello"}}]
    assert not automation.turned_on
    assert AutomationTrial.objects.get().days == 90
    assert Operation.objects.get(kind="add_automation").parameters == {"rows": [automation.pk]}


def test_an_added_automation_can_be_undone(sign_in, ada):
    sign_in(ada).post(NEW, sent(ada))
    revert_operation(Operation.objects.get(kind="add_automation"), by=ada)
    assert not Automation.objects.active().exists()


def test_an_edit_can_be_undone_to_the_last_step(sign_in, ada):
    browser = sign_in(ada)
    browser.post(NEW, sent(ada))
    automation = Automation.objects.get()
    before = Automation.objects.values().get()
    edited = sent(ada, name="Hi", trigger="field_changed", conditions="vip=yes", version=automation.version)
    edited |= {"when-field": "city", "step": ["1-tag", "0-add_note"], "s1-tags": ["none"]}
    page = browser.post(f"{AUTOMATIONS}/{automation.pk}/edit", edited)
    assert page.status_code == 422
    edited |= {"step": ["0-add_note"]}
    assert browser.post(f"{AUTOMATIONS}/{automation.pk}/edit", edited).status_code == 302
    automation.refresh_from_db()
    assert (automation.name, automation.trigger_values) == ("Hi", {"field": "city"})
    revert_operation(Operation.objects.get(kind="edit_automation"), by=ada)
    after = Automation.objects.values().get()
    assert {**after, "version": 0} == {**before, "version": 0}


@pytest.mark.parametrize(
    ("act", "cards"),
    [
        ("add", ["0-add_note", "1-add_task", "2-notify"]),
        ("up-1", ["1-add_task", "0-add_note"]),
        ("down-0", ["1-add_task", "0-add_note"]),
        ("up-0", ["0-add_note", "1-add_task"]),
        ("remove-0", ["1-add_task"]),
        ("remove-9", ["0-add_note", "1-add_task"]),
        ("remove-x", ["0-add_note", "1-add_task"]),
        ("again", ["0-add_note", "1-add_task"]),
    ],
)
def test_a_button_changes_the_steps_and_keeps_what_was_entered(sign_in, ada, act, cards):
    values = {"step": ["0-add_note", "1-add_task"], "s1-title": "Call <now>", "s1-days": "x"}
    page = sign_in(ada).post(NEW, sent(ada, **values, act=act, new_step="notify", name=""))
    assert (page.status_code, get_cards(page)) == (200, cards)
    assert "Call &lt;now&gt;" in page.text
    assert "Fix " not in page.text
    assert not Automation.objects.exists()


def test_a_field_with_choices_is_asked_for_its_values(sign_in, ada):
    browser = sign_in(ada)
    page = browser.post(NEW, sent(ada, act="again", trigger="field_changed", **{"when-field": "vip"}))
    assert list(page.context["form"].when_form.fields) == ["field", "from", "to"]
    page = browser.post(NEW, sent(ada, act="again", trigger="field_changed", **{"when-field": "city"}))
    assert list(page.context["form"].when_form.fields) == ["field"]
    browser.post(NEW, sent(ada, trigger="field_changed", **{"when-field": "vip", "when-to": "yes"}))
    assert Automation.objects.get().trigger_values == {"field": "vip", "to": True}


def test_a_status_is_kept_as_changes_record_it(sign_in, ada, statuses):
    sign_in(ada).post(NEW, sent(ada, trigger="status_entered", **{"when-status": statuses.qualified.pk}))
    automation = Automation.objects.get()
    assert automation.trigger_values == {"status": statuses.qualified.pk}
    page = sign_in(ada).get(f"{AUTOMATIONS}/{automation.pk}/edit")
    assert page.context["form"].when_form["status"].value() == str(statuses.qualified.pk)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"step": []}, "Add a step."),
        ({"s0-text": ""}, "This field is required."),
        ({"step": ["0-no-such"]}, "Add a step."),
        ({"step": ["x"]}, "Add a step."),
        ({"trigger": "status_entered"}, "This field is required."),
        (
            {"trigger": "status_entered", "when-status": "999999"},
            "999999 is not one of the available choices.",
        ),
        (
            {"trigger": "field_changed", "when-field": "password"},
            "password is not one of the available choices.",
        ),
        ({"trigger": "none such"}, "none such is not one of the available choices."),
        ({"conditions": "owner=me"}, "depend on who is viewing"),
        ({"most_an_hour": "0"}, "greater than or equal to 1"),
        ({"owner": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(sign_in, ada, values, words):
    page = sign_in(ada).post(NEW, sent(ada, **values))
    assert (page.status_code, words in page.text) == (422, True)
    assert not Automation.objects.exists()


def test_conditions_are_composed_on_their_page_without_losing_what_was_entered(sign_in, ada):
    browser = sign_in(ada)
    answer = browser.post(NEW, sent(ada, act="conditions", name="Half", **{"s0-text": "Typed"}))
    assert answer["Location"] == f"{AUTOMATIONS}/conditions/lead?country=RO"
    page = browser.get(answer["Location"])
    assert [str(chip) for chip in page.context["chips"]] == ["country Romania"]
    form = browser.get(page.context["done"]).context["form"]
    assert (form["name"].value(), form.asked_conditions) == ("Half", "country=RO")
    assert form.step_forms.rows[0].form["text"].value() == "Typed"


def test_a_filter_that_is_added_leads_back_to_the_page_of_the_conditions(sign_in, ada):
    where = {"on": "automations:company_conditions", "chosen": "1", "country": "RO"}
    answer = sign_in(ada).get("/admin/companies/filter/country", where)
    assert answer["Location"].startswith(f"{AUTOMATIONS}/conditions/company?country=RO")


def test_an_example_fills_the_form_in(sign_in, ada):
    page = sign_in(ada).get(f"{NEW}?of=lead&example=vip")
    form = page.context["form"]
    assert (form.asked_conditions, get_cards(page)) == ("vip=yes", ["0-add_task"])


def test_two_who_edit_at_once_are_told(sign_in, ada):
    browser = sign_in(ada)
    browser.post(NEW, sent(ada))
    automation = Automation.objects.get()
    first = sent(ada, name="One", version=automation.version)
    assert browser.post(f"{AUTOMATIONS}/{automation.pk}/edit", first).status_code == 302
    assert browser.post(f"{AUTOMATIONS}/{automation.pk}/edit", first | {"name": "Two"}).status_code == 409


def test_no_one_makes_an_automation_that_acts_with_more_permissions_than_their_own(sign_in, ada, conrad):
    """Conrad is a company manager."""
    page = sign_in(conrad).post(NEW, sent(ada))
    assert page.status_code == 422
    sign_in(ada).post(NEW, sent(ada))
    automation = Automation.objects.get()
    browser = sign_in(conrad)
    assert browser.get(f"{AUTOMATIONS}/{automation.pk}").status_code == 200
    for page in ("edit", "delete"):
        assert browser.get(f"{AUTOMATIONS}/{automation.pk}/{page}").status_code == 404
    assert browser.post(f"{AUTOMATIONS}/{automation.pk}/switch", {"on": "1"}).status_code == 404


BY_CLOCK = {
    "quiet": ({"quiet": "5", "time": "07:30"}, {"quiet": 5, "time": "07:30"}),
    "date": (
        {"field": "next_action_on", "side": "on", "days": "7", "time": "08:00"},
        {"field": "next_action_on", "side": "on", "days": 0, "time": "08:00"},
    ),
    "task_overdue": ({"days": "1", "time": "08:00"}, {"days": 1, "time": "08:00"}),
    "daily": ({"on": "each_day", "time": "17:05"}, {"on": "each_day", "time": "17:05"}),
    "activity": ({"type": "call"}, {"type": "call"}),
    "email_received": ({}, {}),
    "meeting_held": ({}, {}),
    "no_show": ({}, {}),
    "meeting_time": (
        {"number": "2", "unit": "hours", "side": "before"},
        {"number": 2, "unit": "hours", "side": "before"},
    ),
    "booking_made": ({}, {}),
    "booking_moved": ({}, {}),
    "booking_canceled": ({}, {}),
}


@pytest.mark.parametrize("trigger", BY_CLOCK)
def test_each_further_trigger_is_kept_and_shown_again(sign_in, ada, trigger):
    values, kept = BY_CLOCK[trigger]
    browser = sign_in(ada)
    when = {f"when-{name}": value for name, value in values.items()}
    assert browser.post(NEW, sent(ada, trigger=trigger, **when)).status_code == 302
    automation = Automation.objects.get()
    assert automation.trigger_values == kept
    form = browser.get(f"{AUTOMATIONS}/{automation.pk}/edit").context["form"]
    assert {name: str(form.when_form[name].value()) for name in kept} == {
        name: str(value) for name, value in kept.items()
    }
    assert browser.get(f"{AUTOMATIONS}/{automation.pk}").status_code == 200
    assert browser.get(f"{AUTOMATIONS}/{automation.pk}/trial").status_code == 200


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"trigger": "quiet", "when-quiet": "0", "when-time": "08:00"}, "greater than or equal to 1"),
        ({"trigger": "quiet", "when-quiet": "5", "when-time": "25:00"}, "Enter a valid time."),
        ({"trigger": "daily", "when-time": "08:00"}, "This field is required."),
        (
            {"trigger": "date", "when-field": "deleted_at", "when-side": "on", "when-time": "08:00"},
            "deleted_at is not one of the available choices.",
        ),
        (
            {
                "trigger": "date",
                "when-field": "next_action_on",
                "when-side": "before",
                "when-days": "0",
                "when-time": "08:00",
            },
            "Enter at least 1 day.",
        ),
        (
            {"trigger": "meeting_time", "when-number": "0", "when-unit": "days", "when-side": "before"},
            "greater than or equal to 1",
        ),
        (
            {"trigger": "meeting_time", "when-number": "1", "when-unit": "weeks", "when-side": "after"},
            "weeks is not one of the available choices.",
        ),
        ({"step": ["0-wait"], "s0-number": "0", "s0-unit": "days"}, "greater than or equal to 1"),
        (
            {"step": ["0-wait"], "s0-number": "1", "s0-unit": "years"},
            "years is not one of the available choices.",
        ),
        ({"trigger": "activity", "when-type": "email"}, "email is not one of the available choices."),
    ],
)
def test_bad_input_for_a_trigger_by_the_clock_gets_a_sentence(sign_in, ada, values, words):
    page = sign_in(ada).post(NEW, sent(ada, **values))
    assert (page.status_code, words in page.text) == (422, True)
    assert not Automation.objects.exists()
