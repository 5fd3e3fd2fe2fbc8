"""API v2 reminds the owners of stuck leads as their page does: the same notifications and refusals."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from crm.models import Notification
from crm.records.history.verb_execution import operation
from leads.models import Lead, Status
from tests.api.conftest import umbra
from tests.examples import one_in
from tests.matrix.asking import undone

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
PAGE, CALL = "/admin/leads/stuck", "/api/v2/stuck-leads/remind"


@pytest.fixture
def lines(make_lead, statuses, bob, ben, dan, ann, departments):
    """Lines of the page by name, as a program sends them."""
    with operation("test", by=None):
        Status.objects.filter(key="contacted").update(most_days=5)
    for owner in (bob, bob, ben, ann, None):
        make_lead("Stuck", owner=owner, status="contacted")
    make_lead("Far", owner=dan, status="contacted", department=departments.export)
    with operation("test", by=None):
        Lead.objects.update(status_since=timezone.now() - timedelta(days=9))
    owners = {"bob": bob.pk, "ben": ben.pk, "dan": dan.pk, "ann": ann.pk, "unassigned": None}
    found = {name: {"owner": pk, "status": statuses.contacted.pk} for name, pk in owners.items()}
    return found | {"another status": {"owner": bob.pk, "status": statuses.new.pk}}


def read_notices() -> list[tuple]:
    return sorted(
        Notification.objects.values_list("user__name", "kind", "parameters__number", "parameters__by")
    )


CASES = {
    "one owner": ["bob"],
    "two owners": ["bob", "ben"],
    "no owner": ["unassigned"],
    "the user and a colleague": ["ann", "ben"],
    "someone out of sight": ["dan", "bob"],
    "nothing that is stuck": ["another status"],
    "nothing that the user sees": ["dan"],
}


@pytest.mark.parametrize(("user", "case"), one_in(2, product(["ann", "ada", "bob"], CASES)))
def test_a_program_reminds_whom_the_page_reminds(case, user, lines, cast, sign_in, umbra):
    chosen = [lines[name] for name in CASES[case]]
    reader = getattr(cast, user)
    with undone():
        sent = [f"{line['owner'] or 'none'}-{line['status']}" for line in chosen]
        page = sign_in(reader).post(PAGE, {"action": "remind", "line": sent})
        expected = read_notices()
    with undone():
        answer = umbra(reader).post(CALL, {"lines": chosen}, expect=None)
        assert read_notices() == expected
    if page.status_code == 403:
        assert answer["status"] == 403
    elif "reminded" in answer:
        assert answer["reminded"] == len(expected)
    else:
        assert answer["errors"] == [{"parameter": "lines", "detail": "None of these leads is stuck."}]
        assert expected == []


def test_only_users_who_may_assign_leads_remind_anyone(lines, bob, sign_in, umbra):
    umbra(bob).post(CALL, {"lines": [lines["bob"]]}, expect=403)
    line = f"{bob.pk}-{lines['bob']['status']}"
    assert sign_in(bob).post(PAGE, {"action": "remind", "line": line}).status_code == 403
    assert read_notices() == []


@pytest.mark.parametrize(
    "body", [{}, {"lines": []}, {"lines": [{}]}, {"lines": [{"owner": 0, "status": 1}]}, {"lines": 3}]
)
def test_wrong_lines_remind_no_one(body, lines, ann, umbra):
    umbra(ann).post(CALL, body, expect=422)
    umbra(ann, ["leads.get"]).post(CALL, {"lines": [lines["bob"]]}, expect=403)
    assert read_notices() == []
