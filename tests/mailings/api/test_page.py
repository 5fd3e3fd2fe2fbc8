"""The program in docs/api_mailings.md, run as it is on the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crm.records.history.verb_execution import operation
from mailings.models import Delivery, Mailing, Suppression
from tests.api.conftest import make_token
from tests.waiting import PATIENCE

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "api_mailings.md").read_text()

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_the_program_on_the_page_sends_a_mailing(ann, live_server, make_lead):
    for name in ("jan", "eva"):
        make_lead(name, email=f"{name}@a.example")
    with operation("test", by=None):
        Suppression.objects.create(address="eva@a.example", email_key="eva@a.example")
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    environment = {**os.environ, "SITE": live_server.url, "TOKEN": make_token(ann)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["1 recipients", "1 On the suppression list", "scheduled"]
    assert Mailing.objects.get().state == "scheduled"
    assert Delivery.objects.in_state("waiting").get().address == "jan@a.example"
