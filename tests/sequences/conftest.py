"""A template, and departments that work at any hour."""

import pytest

from crm.models import Template
from crm.records.history.verb_execution import operation
from tests.sequences.sequencing import work_always


@pytest.fixture
def template(db) -> Template:
    with operation("test", by=None):
        return Template.objects.create(
            name="First", type="email", subject="Hello {first_name}", text="Dear {first_name}. – {me}"
        )


@pytest.fixture
def second(db) -> Template:
    with operation("test", by=None):
        return Template.objects.create(name="Second", type="email", subject="Again", text="Once more. – {me}")


@pytest.fixture
def always(db) -> None:
    """Working time at any hour, for tests that aren't about it."""
    work_always()
