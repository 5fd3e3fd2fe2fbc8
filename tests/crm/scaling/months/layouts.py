"""The same changes in one partition, in a partition for each month, or in joined years."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.scaling.months.yearly_partitions import join_a_year

FIRST, LAST = 2020, 2022
# Operations three weeks apart, in their order; each has its changes in four months.
AGED = """
    UPDATE crm_operation o SET at = '2020-01-10Z'::timestamptz + (n.place - 1) * interval '3 weeks'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM crm_operation) n WHERE n.id = o.id;
    UPDATE crm_change c SET at = o.at + (c.id % 4) * interval '1 month' FROM crm_operation o WHERE o.id = c.operation_id
"""


def age() -> None:
    """All operations and changes until now have happened in these years, and their changes are in the first partition."""
    with connection.cursor() as cursor:
        cursor.execute(AGED)
        cursor.execute(
            "SELECT max(at) < '2022-12-31', count(DISTINCT date_trunc('month', at)) FROM crm_change"
        )
        assert cursor.fetchone()[0]


def months(_monkeypatch) -> None:
    """Each month of these years gets its partition and its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, until FROM leadwell_partitions('crm_change') WHERE since = '-infinity'")
        first, until = cursor.fetchone()
        cursor.execute(f"ALTER TABLE crm_change DETACH PARTITION {first}")
        cursor.execute(
            "CREATE TABLE crm_change_until_2019_12 PARTITION OF crm_change FOR VALUES FROM (MINVALUE) TO ('2020-01-01Z')"
        )
        cursor.execute(
            "SELECT leadwell_partition('crm_change', m) FROM generate_series(%s::timestamp, %s, '1 month') m",
            [datetime(FIRST, 1, 1), datetime(LAST, 12, 1)],
        )
        cursor.execute(f"INSERT INTO crm_change SELECT * FROM {first} WHERE at < '2023-01-01Z'")
        cursor.execute(f"DELETE FROM {first} WHERE at < '2023-01-01Z'")
        cursor.execute(
            f"ALTER TABLE crm_change ATTACH PARTITION {first} FOR VALUES FROM ('2023-01-01Z') TO (%s)",
            [until],
        )
        cursor.execute("SELECT count(DISTINCT tableoid) FROM crm_change")
        assert cursor.fetchone()[0] > 3
    CHANGES_TABLE.forget_start()


def years(monkeypatch) -> None:
    months(monkeypatch)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: datetime(2023, 5, 20, tzinfo=UTC))
        joined = [join_a_year(CHANGES_TABLE) for _year in range(FIRST, LAST + 1)]
    assert joined == [12] * len(joined)
    CHANGES_TABLE.forget_start()


LAYOUTS = {"months": months, "years": years}
