"""The form of a sequence: its buttons draw it again with all that was entered, and saving it checks every part."""

import pytest
from django.utils import translation

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from sequences.models import Sequence
from sequences.setup.step_forms import SequenceStepForms
from tests.sequences.sequencing import build_step, make_sequence

pytestmark = pytest.mark.django_db

SEQUENCES = "/admin/sequences"
NEW = f"{SEQUENCES}/new"


def sent(template, **values) -> dict:
    """What the form sends for an email at once and a call two days later."""
    fields = {
        "of": "lead",
        "name": "First contact",
        "sender": "owner",
        "route": "own",
        "step": ["0-email", "1-call"],
        "s0-after": "0",
        "s0-template": template.pk,
        "s1-after": "2",
        "s1-title": "Call about it",
    }
    return {**fields, **values}


def get_steps(page) -> list[str]:
    return [row.key for row in page.context["form"].step_forms.rows]


def get_days(page) -> list[int | None]:
    return [row.day for row in page.context["form"].step_forms.rows]


def test_a_new_sequence_is_off_and_has_its_steps(sign_in, ada, template, statuses):
    answer = sign_in(ada).post(NEW, sent(template, stop_statuses=[statuses.qualified.pk]))
    sequence = Sequence.objects.get()
    assert answer["Location"] == f"{SEQUENCES}/{sequence.pk}"
    assert (sequence.table_of, sequence.turned_on) == ("lead", False)
    assert sequence.stop_statuses == [statuses.qualified.pk]
    first, second = sequence.parsed_steps
    assert (first.kind, first.after, first.template, first.in_thread) == ("email", 0, template.pk, False)
    assert (second.kind, second.after, second.title) == ("call", 2, "Call about it")
    assert first.key != second.key
    assert Operation.objects.get(kind="add_sequence").parameters == {"rows": [sequence.pk]}


def test_an_edit_keeps_the_keys_of_steps_that_stay_and_gives_new_ones_to_others(sign_in, ada, template):
    browser = sign_in(ada)
    browser.post(NEW, sent(template))
    sequence = Sequence.objects.get()
    email, call = sequence.parsed_steps
    form = browser.get(f"{SEQUENCES}/{sequence.pk}/edit").context["form"]
    assert [row.form["key"].value() for row in form.step_forms.rows] == [email.key, call.key]
    moved = {
        "step": ["1-call", "2-task", "0-email"],
        "s0-key": email.key,
        "s1-key": call.key,
        "s2-key": call.key,
        "s2-after": "1",
        "s2-title": "Look",
        "version": sequence.version,
    }
    assert browser.post(f"{SEQUENCES}/{sequence.pk}/edit", sent(template, **moved)).status_code == 302
    sequence.refresh_from_db()
    keys = [step.key for step in sequence.parsed_steps]
    assert (keys[0], keys[2]) == (call.key, email.key)
    assert keys[1] not in (call.key, email.key, "")
    revert_operation(Operation.objects.get(kind="edit_sequence"), by=ada)
    sequence.refresh_from_db()
    assert sequence.parsed_steps == [email, call]


@pytest.mark.parametrize(
    ("act", "steps", "days"),
    [
        ("add", ["0-email", "1-call", "2-task"], [1, 3, 5]),
        ("up-1", ["1-call", "0-email"], [3, 3]),
        ("down-0", ["1-call", "0-email"], [3, 3]),
        ("remove-0", ["1-call"], [3]),
        ("again", ["0-email", "1-call"], [1, 3]),
        ("remove-x", ["0-email", "1-call"], [1, 3]),
    ],
)
def test_a_button_changes_the_steps_and_keeps_what_was_entered(sign_in, ada, template, act, steps, days):
    values = {"s1-title": "Call <now>", "act": act, "new_step": "task", "name": ""}
    page = sign_in(ada).post(NEW, sent(template, **values))
    assert (page.status_code, get_steps(page), get_days(page)) == (200, steps, days)
    assert "Call &lt;now&gt;" in page.text
    assert not Sequence.objects.exists()


def test_a_number_of_days_that_cannot_be_read_leaves_the_later_days_open(sign_in, ada, template):
    page = sign_in(ada).post(NEW, sent(template, act="again", **{"s0-after": "soon"}))
    assert get_days(page) == [None, None]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"step": []}, "Add a step."),
        ({"step": ["0-no-such"]}, "Add a step."),
        ({"s1-title": ""}, "This field is required."),
        ({"s0-template": ""}, "This field is required."),
        ({"s0-template": "999999"}, "Select a valid choice"),
        ({"s0-after": "91"}, "less than or equal to 90"),
        ({"s0-after": "-1"}, "greater than or equal to 0"),
        ({"s0-at": "25:00"}, "Enter a"),
        ({"sender": "none such"}, "none such is not one of the available choices."),
        ({"stop_statuses": ["999999"]}, "999999 is not one of the available choices."),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(sign_in, ada, template, values, words):
    page = sign_in(ada).post(NEW, sent(template, **values))
    assert (page.status_code, words in page.text) == (422, True)
    assert not Sequence.objects.exists()


def test_a_private_template_is_not_offered(sign_in, ada, template):
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(owner=ada)
    assert sign_in(ada).post(NEW, sent(template)).status_code == 422


def test_contacts_have_no_statuses_that_end_a_sequence(sign_in, ada, template):
    browser = sign_in(ada)
    assert "stop_statuses" not in browser.get(f"{NEW}?of=contact").context["form"].fields
    browser.post(NEW, sent(template, of="contact"))
    assert Sequence.objects.get().table_of == "contact"


def test_the_empty_list_has_examples_that_fill_the_form_in(sign_in, ada):
    page = sign_in(ada).get(SEQUENCES)
    assert len(page.context["examples"]) == 3
    assert page.context["examples"][0].summary == "Day 1: email, day 3: call, day 5: email"
    for example in page.context["examples"]:
        form = sign_in(ada).get(f"{NEW}?of={example.table}&example={example.code}")
        assert len(get_steps(form)) == len(example.steps())


def test_two_who_edit_at_once_are_told(sign_in, ada, template):
    sequence = make_sequence("One", build_step("call", title="Call"))
    first = sent(template, version=sequence.version)
    browser = sign_in(ada)
    assert browser.post(f"{SEQUENCES}/{sequence.pk}/edit", first).status_code == 302
    assert browser.post(f"{SEQUENCES}/{sequence.pk}/edit", first | {"name": "Two"}).status_code == 409


def test_the_steps_that_can_be_added_are_named_in_the_language_of_the_reader():
    with translation.override("ro"):
        steps = SequenceStepForms(Sequence(), None)
        assert [choice.label for choice in steps.actions] == ["E-mail", "Apel", "Sarcină"]
