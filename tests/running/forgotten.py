"""What a process remembers of its database is forgotten after each test, which leaves a database without its rows."""

import pytest


@pytest.fixture(autouse=True)
def nothing_remembered(django_test_environment):
    """Counts of leads, and since when changes are kept: neither is asked again as long as no change is recorded, and a test is
    rolled back without one."""
    yield
    from crm.platform.database.partitioned_tables import CHANGES_TABLE
    from leads.api import exact_counts

    exact_counts.forget_counts()
    CHANGES_TABLE.forget_start()
