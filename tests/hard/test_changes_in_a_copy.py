"""The small changes promised in the README, made in a copy of Leadwell: a field, a bulk action, a filter, a screen."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm.platform.configuration.environment import ROOT

pytestmark = pytest.mark.hard

# The edits for each file of the copy: (before this text, insert this).
FIELD = {
    "leads/models/lead.py": [
        ("    email = EmailField(", '    industry = TextField(_("industry"), max_length=100, blank=True)\n')
    ],
    "leads/fields.py": [
        ('        "title",\n        "email",', '        "industry",\n'),  # FORM
        ('    "email",\n    "company",\n    "status",\n    "time_in_status"', '    "industry",\n'),  # LIST
        ('    "company", "email", "second_email", "title", "city"', '    "industry",\n'),  # SORT
        ('    "first_name", "last_name", "company"', '    "industry",\n'),  # SEARCH
        (
            '    "email",\n    "second_email",\n    "phone",\n    "mobile",\n    "website",\n    "owner"',
            '    "industry",\n',
        ),
        ('    "company",\n    "email",\n    "second_email",\n    "phone"', '    "industry",\n'),  # EXCEL
        ('    "shared", "created", "contacted"', '    "steel",\n'),  # FILTER
    ],
}
ACTION = {
    "leads/verbs/mark.py": [
        (
            "@dataclass(frozen=True)\nclass SetVip",
            '@dataclass(frozen=True)\nclass CallItMining(Verb):\n    kind = "call_it_mining"\n\n'
            '    @classmethod\n    def words(cls, parameters, kind):\n        return _("Call it mining")\n\n'
            '    def same(self):\n        return Q(industry="Mining")\n\n'
            '    def values(self):\n        return {"industry": "Mining"}\n\n\n',
        )
    ],
    "leads/actions.py": [
        (
            "ACTIONS = [\n",
            'MINING = BulkAction("mining", _("Call it mining"), "edit", "change", NoForm, lambda data, user: CallItMining())\n\n',
        ),
        ("    STATUS,\n    ASSIGN", "    MINING,\n"),
        ("from leads.statuses.status_select import", "from leads.verbs.mark import CallItMining\n"),
    ],
}
FILTER = {
    "leads/filters.py": [
        (
            "    pipeline = PipelineFilter(",
            '    steel = Flag(label=_("works in steel"), condition=lambda: Q(industry="Steel"))\n',
        )
    ]
}
SCREEN = {
    "leads/urls.py": [
        ('    path("/stuck"', '    path("/industries", industries.industries, name="industries"),\n'),
        ("from leads.views import move_lead, queue", "from leads.views import industries\n"),
    ],
    "leads/views/industries.py": [
        (
            "",
            '"""The industries of the leads that a user sees."""\n\nfrom django.http import HttpResponse\n\n'
            "from leads.models import Lead\n\n\ndef industries(request):\n"
            "    seen = Lead.objects.present().visible_to(request.user)\n"
            '    names = sorted(set(seen.values_list("industry", flat=True)))\n'
            '    return HttpResponse(", ".join(names))\n',
        )
    ],
}


def change(folder: Path, changes: dict[str, list[tuple[str, str]]]) -> None:
    for name, steps in changes.items():
        path = folder / name
        text = path.read_text() if path.exists() else ""
        for before, new in steps:
            assert before in text, (name, before)
            text = text.replace(before, new + before, 1)
        path.write_text(text)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy with all changes; its commands are called with copy("manage.py", …)."""
    folder = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for changes in (FIELD, ACTION, FILTER, SCREEN):
        change(folder, changes)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    data = tmp_path_factory.mktemp("data")

    def call(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env={
                **kept,
                "LEADWELL_DATA": str(data),
                "LEADWELL_TEST_DATA": str(data),
                "PYTHONPATH": str(folder),
            },
            capture_output=True,
            text=True,
            timeout=280,
        )

    call.folder = folder
    made = call("manage.py", "makemigrations", "leads", "--name", "industry")
    assert made.returncode == 0, made.stderr
    return call


def test_the_migration_of_a_field_contains_no_trigger(copy):
    [migration] = (copy.folder / "leads" / "migrations").glob("*_industry.py")
    text = migration.read_text()
    assert sorted(re.findall(r"migrations\.([A-Z]\w+)\(", text)) == ["AddField", "AddField", "AddIndex"]
    assert max(map(len, text.splitlines())) < 250


@pytest.mark.nightly
def test_every_screen_excel_and_the_apis_have_the_added_parts(copy):
    walked = copy("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/hard/copy/walk.py")
    assert walked.returncode == 0, walked.stdout[-5_000:] + walked.stderr[-2_000:]
    assert " passed" in walked.stdout


def test_undeclared_additions_fail_the_permission_matrix(copy):
    name = "tests/matrix/test_declared.py"
    tried = copy(
        "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not hard", name, "-k", "declared"
    )
    assert "test_every_url_of_the_product_is_declared_and_no_other" in tried.stdout
    assert "admin/leads/industries" in tried.stdout
    assert "mining" in tried.stdout
