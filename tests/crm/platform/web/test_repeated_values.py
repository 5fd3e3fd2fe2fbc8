"""Requests whose values are taken at the last moment are judged again, and say what stays taken."""

import pytest
from django.db import transaction

from accounts.models import Department
from crm.platform.web.transactions import Busy
from crm.platform.web.unique_violations import ValueTaken, retry_after_unique_violation


@pytest.mark.django_db(transaction=True)
def test_work_is_judged_again_after_a_value_was_taken():
    """What is taken twice stays taken; another value that is taken the second time is one that another user has just written."""
    for name in ("Chairs", "Tables"):
        Department.objects.create(name=name)

    def work(*names):
        left = iter(names)

        def write():
            with transaction.atomic():
                return Department.objects.create(name=next(left)).name

        return write

    assert retry_after_unique_violation(work("Chairs", "Lamps")) == "Lamps"
    with pytest.raises(ValueTaken) as taken:
        retry_after_unique_violation(work("Chairs", "Chairs", "Third"))
    assert [field.name for field in taken.value.fields] == ["name"]
    with pytest.raises(Busy):
        retry_after_unique_violation(work("Chairs", "Tables", "Third"))
