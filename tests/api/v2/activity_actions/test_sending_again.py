"""API v2: an email that couldn't be sent is sent again as its page does it."""

import pytest

from crm.models import Activity, Operation
from crm.records.history.verb_execution import operation
from tests.crm.work.activities.test_moves import add_email

pytestmark = pytest.mark.django_db


def add(lead, author, **values) -> Activity:
    email = add_email(lead, created_by=author)
    with operation("test", by=None):
        Activity.objects.filter(pk=email.pk).update(**values)
    return email


def get_facts(email: Activity) -> tuple:
    email.refresh_from_db()
    done = Operation.objects.latest("pk")
    return email.outcome, email.problem, done.kind, done.by_id, done.changed


FAILED = {"outcome": "failed", "problem": "refused 550"}
# What the activity is, who sends it again, and the status.
CASES = {
    "failed": (FAILED, "bob", 200),
    "sent": ({"outcome": "sent"}, "bob", 409),
    "being sent": ({"outcome": "sending"}, "bob", 409),
    "received": ({"outcome": "received"}, "bob", 409),
    "a note": ({"type": "note", "outcome": ""}, "bob", 409),
    "a meeting without guests": ({"type": "meeting", "outcome": ""}, "bob", 409),
    "out of reach": (FAILED, "dan", 404),
}


@pytest.mark.parametrize("case", CASES)
def test_a_call_sends_again_what_the_button_sends_again(case, make_lead, cast, umbra, sign_in):
    values, name, status = CASES[case]
    user, found = getattr(cast, name), {}
    lead = make_lead("Jan Novák", owner=cast.bob)
    for way in ("page", "call"):
        email = add(lead, cast.bob, **values)
        if way == "page":
            sign_in(user).post(f"/admin/leads/{lead.pk}/activities/{email.pk}/send")
        else:
            answer = umbra(user).post(f"/api/v2/activities/{email.pk}/send", expect=status)
        found[way] = get_facts(email)
    assert found["page"] == found["call"]
    assert (found["call"][2] == "retry_email") == (status == 200)
    if status == 200:
        done = Operation.objects.latest("pk")
        assert (answer["operation"], done.channel) == (done.pk, "api")
        umbra(user).post(f"/api/v2/activities/{email.pk}/send", expect=409)


def test_sending_again_takes_the_right_to_send_emails(make_lead, bob, umbra):
    email = add(make_lead("Jan Novák", owner=bob), bob, **FAILED)
    path = f"/api/v2/activities/{email.pk}/send"
    umbra(bob, ["activities.get", "activities.post", "activities.put", "emails.get"]).post(path, expect=403)
    assert umbra(bob, ["emails.post"]).post(path)["operation"]
