"""Unassigned leads of the queue: of all users who ask at the same moment, each gets another one."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role, User
from crm.models import Activity
from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueHold, QueueRules
from leads.queue.lead_claims import claim_next_lead, get_held_lead

RULES = QueueRules()


def test_a_lead_is_given_to_one_user_until_the_time_has_passed(bob, ben, make_lead):
    lead = make_lead("Lone Lead")
    assert claim_next_lead(bob, RULES) == lead.pk
    assert claim_next_lead(ben, RULES) is None
    assert claim_next_lead(bob, RULES) == lead.pk
    QueueHold.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert get_held_lead(bob) is None
    assert claim_next_lead(ben, RULES) == lead.pk
    assert (get_held_lead(bob), get_held_lead(ben)) == (None, lead.pk)


def test_the_time_is_the_one_of_the_settings(bob, make_lead, stopped_clock):
    make_lead("Lone Lead")
    claim_next_lead(bob, QueueRules(hold_minutes=40))
    assert QueueHold.objects.get().until == stopped_clock + timedelta(minutes=40)


def test_an_assigned_lead_is_no_longer_given(bob, ben, make_lead):
    lead = make_lead("Lone Lead")
    claim_next_lead(bob, RULES)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(owner=ben)
    assert get_held_lead(bob) is None
    assert claim_next_lead(bob, RULES) is None


def at_once(*work) -> list:
    """The results of these functions, which begin at the same moment, each with its own connection."""
    results: list = [None] * len(work)
    barrier = threading.Barrier(len(work))

    def run(place, function):
        try:
            barrier.wait()
            results[place] = function()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def fifty(departments):
    users = User.objects.bulk_create(
        User(email=f"rep{number}@example.com", name=f"Rep {number}") for number in range(50)
    )
    role = Role.objects.get(key="rep")
    User.groups.through.objects.bulk_create(User.groups.through(user=user, group=role) for user in users)
    Membership.objects.bulk_create(
        Membership(user=user, department=departments.sales, position=0) for user in users
    )
    return list(User.objects.with_rights().filter(pk__in=[user.pk for user in users]))


def asking(user):
    def ask():
        with transaction.atomic():
            return claim_next_lead(user, RULES)

    return ask


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_of_fifty_users_who_ask_at_once_one_gets_the_lead(fifty, make_lead):
    lead = make_lead("Lone Lead")
    given = at_once(*map(asking, fifty))
    assert [one for one in given if isinstance(one, Exception)] == []
    assert [one for one in given if one] == [lead.pk]
    assert QueueHold.objects.get().lead == lead.pk


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_twenty_users_never_get_the_same_of_many_leads(fifty, lead_of):
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Lone {number}") for number in range(30))
    given = at_once(*map(asking, fifty[:20]))
    assert [one for one in given if isinstance(one, Exception)] == []
    assert len({one for one in given if one}) == 20 == QueueHold.objects.count()


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_tabs_that_send_an_outcome_at_once_record_it_once(bob, make_lead):
    lead = make_lead("Own Lead", owner=bob)

    def sends():
        client = Client()
        client.force_login(bob, backend="accounts.sign_in.EmailBackend")
        data = {"outcome": "no_answer", "seen": f"{lead.version}-0"}
        return client.post(f"/admin/leads/queue/{lead.pk}/outcome", data).status_code

    assert sorted(at_once(sends, sends)) == [302, 409]
    assert Activity.objects.count() == 1
