"""What a process remembers of its database and its last user is forgotten after each test, which leaves neither of them."""

import contextvars

import pytest
from django.utils import timezone

# Not ours: the language and the time zone, and the precision of decimal numbers.
OF_LIBRARIES = {"asgiref.local", "decimal_context"}


@pytest.fixture(autouse=True)
def nothing_remembered(django_test_environment):
    """The time zone of a user, which a request leaves to the next one. Counts of leads, and since when changes are kept: neither is
    asked again as long as no change is recorded, and a test is rolled back without one."""
    yield
    timezone.deactivate()
    from crm.platform.database.partitioned_tables import CHANGES_TABLE
    from leads.api import exact_counts

    exact_counts.forget_counts()
    CHANGES_TABLE.forget_start()


@pytest.fixture(autouse=True)
def nothing_open():
    """An operation, a request or a job that ended, even by a lost connection, isn't still open for what its thread does next."""
    before = read_open()
    yield
    assert read_open() == before


def read_open() -> dict[str, object]:
    """What is set in the context of this thread, by the names of its variables."""
    return {
        one.name: value for one, value in contextvars.copy_context().items() if one.name not in OF_LIBRARIES
    }
