"""Two pipelines, for the tests that need a second one."""

import pytest

from crm.change import operation
from leads.models import Pipeline, Status


@pytest.fixture
def sales(statuses):
    return statuses.new.pipeline


@pytest.fixture
def renewals(sales):
    """A second pipeline with the statuses New, Talking (contacted), Renewed (won), Gone (lost)."""
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Renewals", position=1)
        rows = [("New", "new"), ("Talking", "contacted"), ("Renewed", "won"), ("Gone", "lost")]
        Status.objects.bulk_create(
            Status(pipeline=pipeline, name=name, kind=kind, position=place, is_default=place == 0)
            for place, (name, kind) in enumerate(rows)
        )
    return pipeline
