"""What is in the form of a note that a user starts with a template."""

import pytest

from crm.models import Template
from crm.records.history.verb_execution import operation
from crm.work.templates.template_filling import fill_note

# What was typed, which template was chosen, and the text that the form has then.
STARTED = {
    "a template": ("", "own", "Hello Jan,"),
    "a template below what was typed": ("First\n", "own", "First\n\nHello Jan,"),
    "no template": ("First\n", "", "First\n"),
    "a template of everyone": ("", "shared", "For all"),
    "a template of a colleague": ("First", "colleague’s", "First"),
    "a template for emails": ("First", "email", "First"),
    "a deleted template": ("First", "deleted", "First"),
    "no number": ("First", "x", "First"),
}


@pytest.mark.parametrize(("typed", "chosen", "text"), STARTED.values(), ids=STARTED)
def test_the_text_of_a_note(typed, chosen, text, ann, bob, make_lead, templates):
    data = {"text": typed, "template": str(templates.get(chosen, chosen)), "type": "call", "minutes": "5"}
    found = fill_note(data, make_lead("Jan Novák"), ann)
    assert (found["text"], found["type"], found["minutes"], found["subject"]) == (text, "call", "5", "")


@pytest.fixture
def templates(ann, bob):
    with operation("test", by=None):
        return {
            name: Template.objects.create(name=name, **{"type": "note", "text": "For all"} | values).pk
            for name, values in {
                "own": {"owner": ann, "text": "Hello {first_name},"},
                "shared": {},
                "colleague’s": {"owner": bob},
                "email": {"type": "email"},
                "deleted": {"retired": True},
            }.items()
        }
