"""A template, a webhook, and the worker for steps that reach out of Leadwell."""

import pytest

from crm.models import Template, Webhook
from crm.records.history.verb_execution import operation
from tests.api.conftest import listener, make_hook

__all__ = ["listener", "make_hook"]


@pytest.fixture
def template(db) -> Template:
    text = "Dear {first_name|customer},\n\nwelcome to {company}. – {me}"
    with operation("test", by=None):
        return Template.objects.create(
            name="Welcome", type="email", subject="Welcome, {first_name}", text=text
        )


@pytest.fixture
def hook(make_hook, ada) -> Webhook:
    return make_hook(ada, kinds=["call_webhook"])
