"""What every response tells the browser, and the URLs people type to get to the home page."""

import os
import subprocess
import sys

import pytest

from crm.server.environment import ROOT
from tests.crm.test_environment import PRODUCTION


@pytest.mark.parametrize("path", ["/login", "/healthz", "/no/such/page", "/v1/crm/leads"])
def test_every_response_forbids_devices_and_embedding(client, db, path):
    answer = client.get(path)
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_under_https_all_cookies_have_names_that_no_other_host_can_set(tmp_path):
    words = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.MESSAGE_COOKIE_NAME, s.DEVICE_COOKIE_NAME"
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, "LEADWELL_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", f"import crm.settings as s; print({words})"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    names = done.stdout.split()
    assert len(names) == 4
    assert all(name.startswith("__Host-") for name in names), names


@pytest.mark.parametrize("path", ["/admin", "/admin/"])
def test_admin_redirects_to_the_home_page(sign_in, bob, path):
    answer = sign_in(bob).get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/leads")


@pytest.mark.parametrize("path", ["/admin", "/admin/"])
def test_admin_asks_signed_out_visitors_to_sign_in(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login?next=/admin")
