"""What the other apps add to the demo company happened in its working hours too."""

import pytest
from django.utils import timezone

from crm.models import Activity
from customers.models import Company, Contact, Request
from mailings.models import Mailing
from sequences.models import Enrollment
from tests.leads.demo.test_working_hours import get_moment, is_working_time

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def night(request, load_demo):
    with load_demo(400, get_moment("2026-11-27T03:40")):
        yield


def test_records_emails_and_mailings_of_a_demo_that_is_made_at_night_are_of_the_day(night):
    emails = Activity.objects.filter(type="email")
    found = {
        "companies": Company.objects.values_list("created_at", flat=True),
        "contacts": Contact.objects.values_list("created_at", flat=True),
        "requests": Request.objects.values_list("received_at", flat=True),
        "emails": emails.values_list("at", flat=True),
        "mailings": Mailing.objects.values_list("sent_at", flat=True),
        "sequences": Enrollment.objects.exclude(ended_at=None).values_list("started_at", flat=True),
    }
    for name, rows in found.items():
        moments = [*rows]
        assert moments, name
        assert [at for at in moments if not is_working_time(at)] == [], name
        assert max(moments) <= timezone.now(), name
