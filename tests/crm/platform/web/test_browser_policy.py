"""What every response tells the browser, and the URLs people type to get to the home page."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from crm.platform.configuration.environment import ROOT
from tests.conftest import PASSWORD
from tests.crm.platform.configuration.test_environment import PRODUCTION
from tests.waiting import PATIENCE


@pytest.mark.parametrize("path", ["/login", "/healthz", "/no/such/page", "/v1/crm/leads"])
def test_every_response_forbids_devices_and_embedding(client, db, path):
    answer = client.get(path)
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


# What a user does whose browser gets every cookie that there is, with the settings of production and the tests' database.
WALK = """
import json, os, sys
import crm.settings as chosen
chosen.DATABASES["default"].update(json.loads(os.environ["TESTS_DATABASE"]))
chosen.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
chosen.STATIC_ROOT.mkdir()
(chosen.STATIC_ROOT / "probe.js").write_text("1")
import django
django.setup()
from django.test import Client
browser = Client(headers={"host": "crm.example.com"})
answers = []
def walk(method, path, data=None):
    answer = getattr(browser, method)(path, data, secure=True)
    cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
    answers.append({"path": path, "status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies})
walk("get", "/login")
walk("post", "/language", {"language": "ro", "next": "/login"})
walk("post", "/login", {"email": "bob@example.com", "password": sys.argv[1]})
walk("get", f"/admin/leads/{sys.argv[2]}")
walk("post", "/profile/sign-out-elsewhere")
walk("get", "/no/such/page")
walk("get", "/v1/crm/leads")
walk("get", "/api/v2/leads")
walk("get", "/healthz?all")
walk("get", "/manifest.webmanifest")
walk("get", "/service-worker.js")
walk("get", "/static/probe.js")
walk("get", "/static/")
walk("trace", "/login")
browser.raise_request_exception = False
import crm.platform.web.views.probes
crm.platform.web.views.probes.connection = None
walk("get", "/readyz")
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="module")
def kept() -> list:
    """The answers, once there are some."""
    return []


@pytest.fixture
def in_production(transactional_db, kept, request):
    """The answers of such a walk, each with its path, status, headers and cookies. One walk is enough for all tests, but the
    transaction of a test is chosen before it asks for the walk."""
    if not kept:
        kept += request.getfixturevalue("walked")
    return kept


@pytest.fixture
def walked(transactional_db, bob, make_lead, tmp_path):
    bob.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    bob.save()
    address = {name: connection.settings_dict[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    environment = {
        "PATH": os.environ["PATH"],
        "LEADWELL_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "TESTS_DATABASE": json.dumps(address),
        **PRODUCTION,
    }
    done = subprocess.run(
        [sys.executable, "-c", WALK, PASSWORD, str(make_lead(owner=bob).pk)],
        env=environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_under_https_every_cookie_has_a_name_that_no_other_host_can_set(in_production):
    assert [answer["status"] for answer in in_production] == [
        *(200, 302, 302, 200, 302, 404, 401, 401, 503, 200, 200, 200, 404, 405, 500)
    ]
    cookies = [cookie for answer in in_production for cookie in answer["cookies"]]
    named = {cookie.partition("=")[0] for cookie in cookies}
    assert named == {
        f"__Host-{name}"
        for name in ("csrftoken", "language", "leadwell_device", "messages", "recent", "sessionid")
    }
    for cookie in cookies:
        parts = cookie.split("; ")
        # Without these a browser throws a cookie of such a name away.
        assert {"Secure", "Path=/"} <= set(parts), cookie
        assert not any(part.startswith("Domain") for part in parts), cookie
        assert "SameSite=Lax" in parts, cookie
        removed = "Max-Age=0" in parts
        assert "HttpOnly" in parts or removed or cookie.startswith("__Host-csrftoken"), cookie


def test_in_production_every_answer_says_what_the_browser_may_do_with_it(in_production):
    for answer in in_production:
        headers = answer["headers"]
        assert "camera=()" in headers["Permissions-Policy"], answer["path"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", answer["path"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", answer["path"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin", answer["path"]
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'", answer[
            "path"
        ]
        for directive in ("object-src", "base-uri", "frame-ancestors"):
            assert policy[directive] == "'none'", answer["path"]
        assert policy["form-action"] == "'self'", answer["path"]
        assert headers["X-Request-ID"]


def test_no_answer_allows_pages_of_other_sites_to_read_it(in_production):
    for answer in in_production:
        assert not [name for name in answer["headers"] if name.startswith("Access-Control-")], answer["path"]


def test_every_answer_says_what_it_is_and_texts_name_their_encoding(in_production):
    for answer in in_production:
        kind = answer["headers"].get("Content-Type", "")
        assert kind, answer["path"]
        if kind.startswith(("text/", "application/xml")):
            assert "charset=utf-8" in kind.lower() or 'charset="utf-8"' in kind.lower(), answer["path"]


def test_no_answer_names_the_programs_behind_it(in_production):
    for answer in in_production:
        said = json.dumps(answer["headers"])
        assert not re.search(r"(?i)django|gunicorn|whitenoise|python|postgres|x-powered-by", said), answer[
            "path"
        ]


def test_the_demo_without_https_uses_plain_names(settings):
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGE_COOKIE_NAME)
    assert names == ("sessionid", "csrftoken", "messages")


@pytest.mark.parametrize("path", ["/admin", "/admin/"])
def test_admin_redirects_to_the_home_page(sign_in, bob, path):
    answer = sign_in(bob).get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/today")


@pytest.mark.parametrize("path", ["/admin", "/admin/"])
def test_admin_asks_signed_out_visitors_to_sign_in(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login?next=/admin")
