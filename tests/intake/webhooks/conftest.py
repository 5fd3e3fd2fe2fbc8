"""Incoming webhooks for tests: made by an administrator in Settings, and called as programs do."""

import json

import pytest
from django.test import Client

from accounts.second_factor.secret_encryption import encrypt_secret
from crm.records.history.verb_execution import operation
from intake.models import IncomingWebhook
from tests.accounts.conftest import grant  # noqa: F401 - a fixture


@pytest.fixture
def make_webhook(departments):
    """A webhook that makes leads of Sales; returns it with its secret as `plain`."""

    def make(**values):
        name = values.pop("name", "Lead ads")
        key = values.pop("key", "")
        given = {
            "name": name,
            "department": departments.sales,
            "public_id": f"public{name.lower()}"[:24],
            **values,
        }
        given["public_id"] = given["public_id"].replace(" ", "")
        webhook = IncomingWebhook(**given)
        webhook.plain = webhook.set_new_secret()
        if key:
            webhook.key = encrypt_secret(key)
        with operation("add_incoming_webhook", by=None):
            webhook.save()
        return webhook

    return make


@pytest.fixture
def deliver():
    """Send a body as a program does, to the address with its secret."""

    def send(webhook, body, *, secret=None, content_type="application/json", **headers):
        part = f"/{secret if secret is not None else webhook.plain}" if webhook.has_secret_address else ""
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        client = Client(enforce_csrf_checks=True)
        path = f"/hooks/{webhook.public_id}{part}"
        return client.generic("POST", path, text, content_type=content_type, headers=headers)

    return send
