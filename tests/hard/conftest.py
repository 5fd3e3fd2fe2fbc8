"""The names of the tests that are made from the API schema, and patience with exports."""

import pytest
from schemathesis.pytest.plugin import SchemathesisFunction

from crm.transfer.exports import export_response, file_writing


@pytest.fixture
def patient(monkeypatch):
    """An export of thousands of records is no job, however slow or busy the machine is."""
    for module in (export_response, file_writing):
        monkeypatch.setattr(module, "PATIENCE", 300.0)


def pytest_itemcollected(item) -> None:
    """Each says which call it tries. With pytest 9.2 all of them have the same name, so that two processes run only one."""
    if isinstance(item, SchemathesisFunction):
        item._id = item.parent.id.child(item.name)
