"""Mailings for the tests: drafts for chosen leads or for a filter."""

import pytest

from crm.records.history.verb_execution import operation
from mailings.models import Mailing


@pytest.fixture
def make_mailing(departments, cast):
    """make_mailing([jan, eva], by=cast.ann, …): a draft with a text, for leads or other records."""

    def make(records=(), *, by, subject: str = "Price list", **values) -> Mailing:
        given = {"text": "Hello", "department": departments.sales} | values
        if "query" not in values:
            given["ids"] = sorted(record.pk for record in records)
        if records:
            given.setdefault("of", records[0].table)
        with operation("test", by=None):
            return Mailing.objects.create(subject=subject, by=by, **given)

    return make
