"""The names of the tests that are made from the API schema."""

from schemathesis.pytest.plugin import SchemathesisFunction


def pytest_itemcollected(item) -> None:
    """Each says which call it tries. With pytest 9.2 all of them have the same name, so that two processes run only one."""
    if isinstance(item, SchemathesisFunction):
        item._id = item.parent.id.child(item.name)
