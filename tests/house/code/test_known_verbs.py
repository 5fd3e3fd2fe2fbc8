"""Every kind of operation is known to a process that serves no pages, such as a worker that undoes it or sends its webhooks."""

import json
import os
import subprocess
import sys

from tests.house.code.test_files import ROOT

LOADED_LATER = """
import json

import django

django.setup()
from crm.records.history.verb_execution import Verb

known = set(Verb.known)
from django.urls import get_resolver

# Reading the URLs of a resolver imports its views.
waiting = [get_resolver()]
while waiting:
    waiting += [each for each in waiting.pop().url_patterns if hasattr(each, "url_patterns")]
print(json.dumps(sorted(set(Verb.known) - known)))
"""


def test_no_kind_of_operation_becomes_known_only_with_the_pages():
    found = subprocess.run(
        [sys.executable, "-c", LOADED_LATER],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(found.stdout) == []
