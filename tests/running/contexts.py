"""What tests see of the context of a template."""

from unittest.mock import patch

import pytest
from django.template.base import Template


@pytest.fixture(autouse=True, scope="session")
def contexts_of_pages(django_test_environment):
    """`answer.context` is what the view gave its page. Django would also copy the context of each of the hundreds of
    fragments and form fields in it, which takes a tenth of the time of a page."""
    observed, inside = Template._render, False

    def render(template, context):
        nonlocal inside
        if inside:
            return template.nodelist.render(context)
        inside = True
        try:
            return observed(template, context)
        finally:
            inside = False

    with patch.object(Template, "_render", render):
        yield
