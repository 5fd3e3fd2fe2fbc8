"""A program with a client that is generated from the schema keeps leads and another CRM the same, whatever goes wrong."""

import os
import sys
from pathlib import Path

import pytest
from django.db import connection

from crm.records.history.verb_execution import operation
from tests.api.conftest import make_token
from tests.api.documentation.generated_client import generate_client
from tests.examples import TIMES
from tests.hard.sync.people_at_work import Work, keep_both_the_same
from tests.hard.sync.world import Hands, Sync

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Path:
    return generate_client(tmp_path_factory.mktemp("generated"))


@pytest.fixture
def sync(make_field, generated, network, addresses, tmp_path):
    field = make_field("ID in the other CRM", is_unique=True)
    environment = {
        **addresses,
        "PERSON_FIELD": field.name,
        "STATE": str(tmp_path / "state.sqlite"),
        "PYTHONPATH": os.pathsep.join([str(generated), os.environ.get("PYTHONPATH", "")]),
    }
    return Sync([sys.executable, str(Path(__file__).parent / "leads_program.py")], environment, network)


@pytest.fixture
def hands(ada, live_server):
    return Hands(live_server.url, make_token(ada), "leads")


def name_lead(name: str) -> dict[str, str]:
    return {"last_name": name, "email": f"{name}@example.com", "phone": "(0722) 123-456", "city": "Cluj"}


@pytest.fixture
def work(hands, other):
    return Work(hands, other, ("city", "last_name"), name_lead)


# Each night there are more.
@pytest.mark.parametrize("seed", range(TIMES))
def test_nothing_is_lost_or_doubled_whatever_goes_wrong(seed, sync, work):
    work.fill()
    keep_both_the_same(seed, sync, work)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_nothing_is_lost_or_doubled_among_100_000_records(sync, work, departments, statuses, sources):
    names = [f"ours{place}" for place in range(50_000)]
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO leads_lead (first_name, last_name, title, company, email, second_email, phone, mobile, website,
                 country, city, state, address, zip, language, description, currency, lost_remark, next_action,
                 department_id, status_id, source_id)
               SELECT '', n, '', '', n || '@example.com', '', '(0722) 123-456', '', '', '', 'Cluj', '', '', '', '', '', 'EUR', '', '', %s, %s, %s
               FROM unnest(%s::text[]) n""",
            [departments.sales.pk, statuses.new.pk, sources.other.pk, names],
        )
        # As the database itself does soon after so many rows.
        cursor.execute("ANALYZE leads_lead")
    work.wanted |= {f"{name}@example.com": name_lead(name) for name in names}
    for place in range(50_000):
        work.add_in_other(f"theirs{place}")
    keep_both_the_same(0, sync, work, calls=50_000, faults=36)
