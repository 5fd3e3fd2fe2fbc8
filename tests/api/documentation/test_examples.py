"""The examples in docs/api.md and docs/changes.md and on the page of a token, run unchanged against a server over HTTP."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from django.core.signing import Signer

from crm.api.v2.changes.change_feed import SALT
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.api.conftest import make_token
from tests.waiting import PATIENCE

PAGES = Path(__file__).resolve().parents[3] / "docs"
DOCS = "".join((PAGES / name).read_text() for name in ("api.md", "changes.md"))

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def example(language: str, with_text: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return next(text for text in found if with_text in text)


@pytest.fixture
def environment(ada, live_server):
    return {**os.environ, "SITE": live_server.url, "TOKEN": make_token(ada)}


def test_the_python_client_works(environment):
    code = example("python", "urlopen")
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.stdout, done.stderr) == ("Vienna\n", "")
    assert Lead.objects.get().company == "Acme"


def test_the_program_that_keeps_a_copy_works(environment, make_lead, tmp_path):
    code, file = example("python", "read_everything"), tmp_path / "leads.json"

    def run() -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "COPY": str(file)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return done.stdout, done.stderr

    leads = [make_lead(f"Lead {number}") for number in range(3)]
    assert run() == ("3\n", "")
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).delete()
        Lead.objects.filter(pk=leads[1].pk).update(city="Cluj")
    assert run() == ("2\n", "")
    assert json.loads(file.read_text())["leads"][str(leads[1].pk)]["city"] == "Cluj"
    copy, signer = json.loads(file.read_text()), Signer(salt=SALT)
    owner, scope, _since, *place = signer.unsign_object(copy["cursor"])
    # A snapshot of a time before there were numbers.
    file.write_text(json.dumps({**copy, "cursor": signer.sign_object([owner, scope, [0, 1], *place])}))
    make_lead("Jan Novák")
    assert run() == ("3\n", "")


def test_the_curl_calls_work(environment, make_lead):
    make_lead("Jan Novák")
    code = example("sh", "curl")
    done = subprocess.run(
        ["/bin/sh", "-ec", code], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    first, second = done.stdout.replace("}{", "}\n{").splitlines()
    assert json.loads(first)["meta"]["total"] == 1
    assert json.loads(second)["result"] == "success"
    assert Lead.objects.get(email="john@example.com").source.key == "website"


def test_the_calls_on_the_page_of_a_new_token_work_when_copied(
    sign_in, ada, make_lead, live_server, settings
):
    settings.SITE_URL = live_server.url
    make_lead("Jan Novák")
    shown = sign_in(ada).post(
        "/admin/api/api_management/new", {"name": "Copied", "user": ada.pk, "rights": ["leads.get"]}
    )
    code = unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", shown.content.decode(), re.DOTALL)[1])
    for call in code.split("\n\n"):
        done = subprocess.run(
            ["/bin/sh", "-ec", call.replace("curl ", "curl -sS ")],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.stderr == ""
        found = json.loads(done.stdout)
        assert (found.get("data") or found["leads"])[0]["id"]
