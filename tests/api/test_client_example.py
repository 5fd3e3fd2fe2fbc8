"""The examples of docs/api.md, run as they stand against a server over HTTP."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leads.models import Lead
from tests.api.conftest import make_token

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def example(language: str, with_text: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return next(text for text in found if with_text in text)


@pytest.fixture
def environment(ada, live_server):
    return {**os.environ, "SITE": live_server.url, "TOKEN": make_token(ada)}


def test_the_client_in_python_works(environment):
    code = example("python", "urlopen")
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("Vienna\n", "")
    assert Lead.objects.get().company == "Acme"


def test_the_calls_with_curl_work(environment, make_lead):
    make_lead("Jan Novák")
    code = example("sh", "curl")
    done = subprocess.run(
        ["/bin/sh", "-ec", code], env=environment, capture_output=True, text=True, timeout=60
    )
    first, second = done.stdout.replace("}{", "}\n{").splitlines()
    assert json.loads(first)["meta"]["total"] == 1
    assert json.loads(second)["result"] == "success"
    assert Lead.objects.get(email="john@example.com").source.key == "website"
