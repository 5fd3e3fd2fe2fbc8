"""Equal calls of an incoming webhook that come at the same time, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from leads.models import Lead
from tests.intake.webhooks.test_calls import BODY, MAPPING

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_equal_calls_without_an_id_make_one_lead(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)

    def call(_number: int) -> str:
        try:
            return deliver(webhook, BODY).json()["status"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(call, range(24)))
    assert Lead.objects.count() == 1
    assert said.count("added") == 1
    assert set(said) <= {"added", "repeated", "busy"}
