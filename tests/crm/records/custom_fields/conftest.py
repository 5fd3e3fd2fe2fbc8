"""What administrators have changed of built-in fields."""

import pytest

from crm.models import BuiltInField
from crm.records.history.verb_execution import operation


@pytest.fixture
def change(db):
    """change("company", label="School", of="lead"): what an administrator changed of a built-in field."""

    def made(name: str, *, of: str = "lead", **values) -> BuiltInField:
        with operation("test", by=None):
            return BuiltInField.objects.create(table_of=of, name=name, **values)

    return made
