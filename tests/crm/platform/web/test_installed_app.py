"""Leadwell as an installed app: its manifest, and the page without a connection."""

import json

from django.test import Client


def test_the_manifest_names_the_app_and_its_icons(client, db):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    values = json.loads(answer.content)
    assert (values["name"], values["start_url"], values["display"]) == ("Leadwell", "/", "standalone")
    assert {icon["sizes"] for icon in values["icons"]} == {"any", "512x512"}


def test_every_page_names_the_manifest(client, db):
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/login").content.decode()


def test_the_page_without_a_connection_needs_no_user_and_no_other_page(client, db):
    text = client.get("/offline").content.decode()
    assert "No connection" in text
    assert "script" not in text
    assert text.count("/static/") == 1


def test_the_script_stores_nothing_but_that_page(db):
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    text = answer.content.decode()
    assert text.count("addAll([PAGE, ") == 1
    assert ".put(" not in text
