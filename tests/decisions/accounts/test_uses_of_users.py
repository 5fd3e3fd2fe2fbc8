"""What the page that deactivates a user names: everything that would work differently without them, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from accounts.models import Absence, IdentityProvider, Provisioning, Role
from crm.models import Token, Webhook
from crm.records.history.verb_execution import operation
from crm.records.kinds.record_uses import get_uses
from intake.models import IncomingWebhook, WebForm
from leads.models import Source
from mailboxes.models import Mailbox
from mailings.models import Mailing
from reports.models import BiAccess, Report, ReportSchedule

# `used` adds something that may use Bob; the scene has him, Ada, Ben, the departments and a lead of Ben's.


class Case(NamedTuple):
    """The begin of the sentence on Bob's page, '' for none, and the names below it as Ada, an administrator, sees them."""

    used: Callable[[Any], Any]
    says: str = ""
    names: tuple[str, ...] = ()


def form(scene: Any, **values: Any) -> WebForm:
    given = {"department": scene.sales, "source": Source.objects.get(key="website"), "slug": "contact"}
    with operation("test", by=None):
        return WebForm.objects.create(name="Contact us", questions=[], **given | values)


def webhook(scene: Any, **values: Any) -> IncomingWebhook:
    with operation("test", by=None):
        return IncomingWebhook.objects.create(name="Ads", department=scene.sales, public_id="a", **values)


def scim(scene: Any, **values: Any) -> None:
    token = token_of(scene.ada, purpose=Token.Purpose.SCIM, name="Entra", **values)
    Provisioning.objects.create(token=token, recipient=scene.bob)


def token_of(user: Any, **values: Any) -> Token:
    return Token.objects.create(**{"user": user, "name": "Shop", "hash": "x", "rights": []} | values)


def away(scene: Any, until: int, substitute: Any = None) -> None:
    last = timezone.localdate() + timedelta(until)
    first = last - timedelta(5)
    Absence.objects.create(user=scene.ben, first=first, last=last, substitute=substitute or scene.bob)


def mailing(scene: Any, state: str, by: Any = None) -> None:
    with operation("test", by=None):
        Mailing.objects.create(subject="Price list", by=by or scene.bob, department=scene.sales, state=state)


def scheduled(scene: Any, **values: Any) -> None:
    given = {"user": scene.bob, "shipped": "funnel", "title": "", "next_at": timezone.now()} | values
    ReportSchedule.objects.create(**given)


def report(scene: Any, **values: Any) -> Report:
    return Report.objects.create(**{"owner": scene.bob, "name": "By source"} | values)


ASSIGNED = "1 web form or incoming webhook assigns its leads to this user. The assignment rules assign them"
SCHEDULED = "1 scheduled report is emailed to this user. It’s paused"
CASES = {
    "a form that assigns its leads to him": Case(lambda s: form(s, owner=s.bob), ASSIGNED, ("Contact us",)),
    "a form that is no longer published": Case(lambda s: form(s, owner=s.bob, retired=True)),
    "a form that assigns its leads to a colleague": Case(lambda s: form(s, owner=s.ben)),
    "a form that only notifies him": Case(
        lambda s: form(s, owner=s.ben, notify=[s.bob.pk]),
        "1 web form notifies this user of new leads",
        ("Contact us",),
    ),
    "an incoming webhook that assigns its leads to him": Case(
        lambda s: webhook(s, owner=s.bob), ASSIGNED, ("Ads",)
    ),
    "an incoming webhook that assigns its requests to him": Case(
        lambda s: webhook(s, owner=s.bob, makes="request"),
        "1 incoming webhook assigns its requests to this user. They come in unassigned",
        ("Ads",),
    ),
    "an incoming webhook that assigns its leads to a colleague": Case(lambda s: webhook(s, owner=s.ben)),
    "an incoming webhook that is turned off": Case(lambda s: webhook(s, owner=s.bob, retired=True)),
    "an API token": Case(lambda s: token_of(s.bob), "1 API token works on behalf of this user", ("Shop",)),
    "an API token that was revoked": Case(lambda s: token_of(s.bob, revoked_at=timezone.now())),
    "a webhook": Case(
        lambda s: Webhook.objects.create(user=s.bob, url="https://hooks.example.com/a"),
        "1 webhook sends what this user can view. It’s turned off",
        ("https://hooks.example.com/a",),
    ),
    "a webhook that is turned off": Case(
        lambda s: Webhook.objects.create(user=s.bob, url="https://hooks.example.com/a", active=False)
    ),
    "a recurring task": Case(
        lambda s: s.make_task("Call", s.lead, user=s.bob, repeat="weekly"),
        "1 recurring task is for this user",
        ("Call",),
    ),
    "a task that happens once": Case(lambda s: s.make_task("Call", s.lead, user=s.bob)),
    "a recurring task that is completed": Case(
        lambda s: s.make_task("Call", s.lead, user=s.bob, repeat="weekly", done_at=timezone.now())
    ),
    "an absence in which he is the substitute": Case(
        lambda s: away(s, 2), "This user is the substitute for 1 absence", ("Ben",)
    ),
    "such an absence that is over": Case(lambda s: away(s, -1)),
    "an absence with another substitute": Case(lambda s: away(s, 2, s.ada)),
    "a SCIM token that gives him the records of others": Case(
        scim, "1 SCIM token reassigns the records of deactivated users to this user", ("Entra",)
    ),
    "such a SCIM token that was revoked": Case(lambda s: scim(s, revoked_at=timezone.now())),
    "a provider that gives him the records of others": Case(
        lambda s: IdentityProvider.objects.create(name="Acme", default_department=s.sales, heir=s.bob),
        "1 provider of single sign-on reassigns the records",
        ("Acme",),
    ),
    "his personal mailbox": Case(
        lambda s: Mailbox.objects.create(name="Bob", address="bob@example.com", owner=s.bob),
        "This user has connected a personal mailbox. It isn’t read",
    ),
    "a mailbox of his department": Case(
        lambda s: Mailbox.objects.create(name="Sales", address="sales@example.com", department=s.sales)
    ),
    "a scheduled mailing": Case(
        lambda s: mailing(s, "scheduled"),
        "1 scheduled or unfinished mailing is from this user",
        ("Price list",),
    ),
    "a mailing that is being sent": Case(
        lambda s: mailing(s, "sending"),
        "1 scheduled or unfinished mailing is from this user",
        ("Price list",),
    ),
    "a draft of a mailing": Case(
        lambda s: mailing(s, "draft"), "1 mailing that isn’t scheduled is from this user", ("Price list",)
    ),
    "a mailing that was sent": Case(lambda s: mailing(s, "sent")),
    "a mailing of a colleague": Case(lambda s: mailing(s, "scheduled", s.ben)),
    "a scheduled report": Case(scheduled, SCHEDULED, ("Funnel",)),
    "a scheduled report that he paused": Case(lambda s: scheduled(s, next_at=None, pause="user")),
    "a scheduled report that only he can open": Case(
        lambda s: scheduled(s, shipped="", report=report(s), title="By source"), SCHEDULED
    ),
    "a report that he shares": Case(
        lambda s: report(s, role=Role.objects.get(key="administrator")),
        "1 report of this user is shared. It stays shared",
        ("By source",),
    ),
    "a report that only he can open": Case(report),
    "a database role that sees what he sees": Case(
        lambda s: BiAccess.objects.create(role="power_bi", user=s.bob),
        "1 database role for BI tools sees what this user sees",
        ("power_bi",),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_page_that_deactivates_bob_names(case, cast, departments, make_lead, make_task):
    class Scene:
        ada, bob, ben, sales = cast.ada, cast.bob, cast.ben, departments.sales
        lead = make_lead(owner=cast.ben)

    Scene.make_task = staticmethod(make_task)
    case.used(Scene)
    found = get_uses(cast.bob, cast.ada)
    assert [use.sentence.startswith(case.says) for use in found] == ([True] if case.says else [])
    assert tuple(label for use in found for label, _address in use.rows) == case.names
