"""API v2: an activity moves to another record as its page moves it."""

import pytest

from crm.models import Activity, EmailEnvelope, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from leads.models import Lead
from tests.crm.work.activities.test_moves import add_email, places

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann)


@pytest.fixture
def other(make_lead, ann):
    return make_lead("Eva Marin", owner=ann)


@pytest.fixture
def emails(lead):
    """Two of one thread, and another one."""
    found = [add_email(lead), add_email(lead, "Re: Offer"), add_email(lead, "Something else")]
    EmailEnvelope.objects.create(activity=found[0], message_id="<1@x>")
    EmailEnvelope.objects.create(activity=found[1], message_id="<2@x>", references="<1@x>")
    return found


def path_of(activity: Activity) -> str:
    return f"/api/v2/activities/{activity.pk}/move"


def get_recorded() -> list[tuple]:
    moves = Operation.objects.filter(kind="move_activity")
    return list(moves.values_list("by", "table", "matched", "changed", "parameters"))


# What page and call send, and how many of the three emails move.
SENT = {
    "with its thread": ({"thread": "1"}, {"thread": True}, 2),
    "with its thread, unsaid": ({}, {}, 2),
    "alone": ({"thread": "0"}, {"thread": False}, 1),
}


@pytest.mark.parametrize("case", SENT)
def test_a_call_moves_what_the_page_moves(case, emails, lead, other, ann, umbra, sign_in):
    on_page, in_call, number = SENT[case]
    email = emails[1]
    sign_in(ann).post(
        f"/admin/leads/{lead.pk}/activities/{email.pk}/move", {"to": f"lead-{other.pk}", **on_page}
    )
    moved, recorded = places(*emails), get_recorded()
    revert_operation(Operation.objects.get(kind="move_activity"), by=ann)
    before = Operation.objects.count()
    body = {"of": "lead", "record": other.pk, **in_call}
    preview = umbra(ann).post(path_of(email), {**body, "preview": True})
    assert (preview["operation"], len(preview["moved"])) == (None, number)
    assert (Operation.objects.count(), places(*emails)) == (before, [("lead", lead.pk)] * 3)
    found = umbra(ann).post(path_of(email), body)
    assert (places(*emails), get_recorded()) == (moved, recorded * 2)
    assert sorted(preview["moved"]) == found["moved"]
    assert Operation.objects.get(pk=found["operation"]).channel == "api"


def move_nothing(emails, lead, other, ann):
    """All is well."""


def send_it(emails, lead, other, ann):
    with operation("test", by=None):
        Activity.objects.filter(pk=emails[2].pk).update(outcome=Activity.Delivery.SENDING)


def delete_target(emails, lead, other, ann):
    carry_out(Delete(), Lead.objects.filter(pk=other.pk), by=ann)


# What happened before, who moves it and to what, the status, and a part of the sentence.
REFUSED = {
    "to itself": (move_nothing, "ann", "lead", 422, "can't be moved to this record"),
    "to nothing": (move_nothing, "ann", None, 422, "doesn't exist"),
    "to one in Trash": (delete_target, "ann", "other", 422, "doesn't exist"),
    "while it is being sent": (send_it, "ann", "other", 422, "being sent"),
    "without seeing it": (move_nothing, "dan", "other", 404, ""),
    "of someone else": (move_nothing, "bob", "other", 404, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_page_does_not_move_a_call_refuses(case, emails, lead, other, cast, umbra, sign_in):
    prepare, name, where, status, words = REFUSED[case]
    prepare(emails, lead, other, cast.ann)
    target = {"lead": lead.pk, "other": other.pk, None: 999_999_999}[where]
    user, email = getattr(cast, name), emails[2]
    sign_in(user).post(f"/admin/leads/{lead.pk}/activities/{email.pk}/move", {"to": f"lead-{target}"})
    assert places(email) == [("lead", lead.pk)]
    refused = umbra(user).post(path_of(email), {"of": "lead", "record": target}, expect=status)
    assert words in str(refused)
    assert (places(email), get_recorded()) == ([("lead", lead.pk)], [])


def test_an_activity_that_the_user_may_only_see_stays(lead, make_lead, ann, bob, umbra):
    shared = make_lead("Shared", owner=bob)
    note = umbra(ann).post(
        "/api/v2/activities", {"of": "lead", "record": shared.pk, "text": "Some"}, expect=201
    )
    body = {"of": "lead", "record": shared.pk}
    umbra(bob).post(f"/api/v2/activities/{note['id']}/move", body, expect=403)


@pytest.mark.parametrize(
    "body",
    [{}, {"of": "lead"}, {"record": 1}, {"of": "leads", "record": 1}, {"of": "lead", "record": 1, "to": 1}],
)
def test_a_move_without_a_target_is_refused(body, emails, ann, umbra):
    umbra(ann).post(path_of(emails[0]), body, expect=422)
    umbra(ann, ["activities.get", "activities.post"]).post(path_of(emails[0]), body, expect=403)
