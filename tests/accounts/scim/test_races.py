"""Calls at the same moment, and permissions that were lost since a call began."""

import json
import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Provisioned, Role, User
from accounts.scim.scim_view import ScimView
from tests.accounts.scim.conftest import Provider, scim_secret
from tests.conftest import make_user
from tests.waiting import until_set


@pytest.mark.django_db(transaction=True)
def test_the_same_user_twice_at_once_is_created_once_and_the_other_call_is_409(departments):
    secret = scim_secret(make_user("root", "administrator", [departments.sales]))
    start, answers = threading.Barrier(4), []

    def add():
        headers = {"Authorization": f"Bearer {secret}"}
        start.wait()
        answer = Client().generic(
            "POST",
            "/scim/v2/Users",
            json.dumps({"userName": "twin@example.org"}),
            "application/scim+json",
            headers=headers,
        )
        answers.append((answer.status_code, answer.json().get("scimType", "")))
        connection.close()

    threads = [threading.Thread(target=add) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(201, ""), *[(409, "uniqueness")] * 3]
    assert User.objects.filter(email="twin@example.org").count() == 1
    assert Provisioned.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_that_waits_too_long_for_another_one_is_told_to_come_back(departments, waits_for_no_lock):
    """A 409 would mean a name that is taken."""
    from django.db import transaction

    from accounts.users.edit_conflicts import lock_account_changes

    provider = Provider(scim_secret(make_user("root", "administrator", [departments.sales])))
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            lock_account_changes()
            locked.set()
            until_set(done)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    until_set(locked)
    try:
        provider.add(userName="late@example.org", expect=503)
        assert provider.last["Retry-After"] == "1"
    finally:
        done.set()
        thread.join()
    provider.add(userName="late@example.org")


@pytest.mark.django_db
def test_the_last_administrator_stays_one_even_if_the_user_of_the_token_loses_the_role_during_the_call(
    provider, group_of, ada, sofia, monkeypatch
):
    administrators, role = group_of("Role: Administrator"), Role.objects.get(key="administrator")
    sofia.groups.add(role)
    may = ScimView.allows

    def allows(view, action):
        found = may(view, action)
        ada.groups.remove(role)
        return found

    monkeypatch.setattr(ScimView, "allows", allows)
    remove = {"op": "remove", "path": f'members[value eq "{sofia.pk}"]'}
    off = {"op": "replace", "value": {"active": False}}
    for address, operation in ((administrators, remove), (f"/Users/{sofia.pk}", off)):
        ada.groups.add(role)
        said = provider.patch(address, operation, expect=409)["detail"]
        assert said == "Sofia is the last administrator. Make another user an administrator first."
        assert User.objects.get(pk=sofia.pk).is_administrator
