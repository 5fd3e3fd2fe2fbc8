"""Web forms for the tests: saved as an operation, and sent like a visitor's browser does."""

import re
from html import unescape

import pytest
from django.test import Client

from crm.records.history.verb_execution import operation
from intake.forms.questions import FormQuestion
from intake.models import WebForm
from leads.models import Source


@pytest.fixture
def make_form(departments):
    """make_form(owner=bob, questions=[Question("email")], …) without a shortest time."""

    def make(name: str = "Contact us", questions=None, **values) -> WebForm:
        asked = questions or [
            FormQuestion("last_name"),
            FormQuestion("email", required=True),
            FormQuestion("description"),
        ]
        given = {"department": departments.sales, "source": Source.objects.get(key="website"), "seconds": 0}
        given |= {"slug": "contact-us", "questions": [each.as_json() for each in asked]} | values
        with operation("test", by=None):
            return WebForm.objects.create(name=name, **given)

    return make


@pytest.fixture
def visitor(db):
    """A browser without cookies."""
    return Client()


def state_in(page) -> str:
    return unescape(re.search(r'name="form_state" value="([^"]*)"', page.text)[1])


@pytest.fixture
def send(visitor):
    """send(form, last_name="Pop", …) opens the form and sends it; `query` is that of the page."""

    def sent(form: WebForm, query: str = "", **values):
        page = visitor.get(f"{form.path}?{query}")
        return visitor.post(form.path, {"form_state": state_in(page), **values})

    return sent
