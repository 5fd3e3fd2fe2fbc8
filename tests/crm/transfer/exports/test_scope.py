"""An exported file contains nothing of other departments: no cell, no drop-down, no note on the file."""

import io
import zipfile

import pytest
from django.test import Client

from leads.models import Lead
from tests.matrix.oracle import ASSIGNS, holds
from tests.matrix.world import DEPARTMENT_MARKER, MARKER, World

# A separate thread with its own connection writes the file, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

WRITE = "/admin/leads/export/write"


def parts(data: bytes, kind: str) -> bytes:
    """The full content of the file, unpacked."""
    if kind == "csv":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@pytest.mark.hard
def test_a_file_contains_the_visible_leads_and_nothing_of_other_departments():
    world = World()
    for person in ["operator", "manager", "deputy", "super"]:
        user = world.people[person]
        browser = Client()
        browser.force_login(user, backend="accounts.sign_in.EmailBackend")
        visible = Lead.objects.present().visible_to(user)
        for kind in ("xlsx", "csv"):
            for query, wanted in [
                ("all=1", visible.count()),
                (f"q={MARKER[:-2]}", 3 if person == "super" else 0),
            ]:
                answer = browser.post(f"{WRITE}?{query}", {"columns": "all", "format": kind})
                assert answer.status_code == 200
                found = parts(b"".join(answer.streaming_content), kind).lower()
                assert user.exports.latest("pk").wrote == wanted
                assert (MARKER.encode() in found) == (person == "super")
                names_department = person == "super" or holds(person, ASSIGNS)
                assert names_department or DEPARTMENT_MARKER.encode() not in found
        frozen = {"set": world.ids("set", "foreign")["pk"]}
        assert (
            browser.post(f"{WRITE}?set={frozen['set']}", {"columns": "all", "format": "csv"}).status_code
            == 404
        )
