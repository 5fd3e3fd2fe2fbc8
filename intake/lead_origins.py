"""How a lead came in: the web forms and webhooks by which it came, with the campaigns that the visitor came from and what they
agreed to. Everyone who may view the lead may see this; what visitors typed is on the pages of forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, F, JSONField, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.forms.public.campaign_parameters import label_touch
from intake.forms.submissions.gap_sentences import describe_gaps
from intake.models import IncomingCall, IncomingWebhook, Submission, WebForm
from leads.models import Lead
from leads.page.page_card import PageCard

FORM, WEBHOOK = "web_form", "webhook"
# The first one and the newest of the others.
MOST = 10
WORDS: dict[tuple[str, bool], Promise] = {
    (FORM, True): _("Added by a web form"),
    (FORM, False): _("Filled in a web form again"),
    (WEBHOOK, True): _("Added by an incoming webhook"),
    (WEBHOOK, False): _("Updated by an incoming webhook"),
}


@dataclass(frozen=True)
class Arrival:
    """`page` is that of the submission or the call, '' for users who may not open it. The touches are texts by label; `marks` say
    which fields stayed empty and still are."""

    words: Promise
    name: str
    page: str
    at: datetime
    first_touch: Mapping[str, str]
    last_touch: Mapping[str, str]
    consents: list[dict[str, Any]]
    marks: list[str]

    @property
    def has_one_touch(self) -> bool:
        """Whether the visitor came only once, as far as is known."""
        return self.first_touch == self.last_touch


def get_lead_arrivals(lead: Any) -> Any:
    """One query for the arrivals of a lead, given by its ID or an expression: the one that added it first, then the newest."""
    sent = Submission.objects.with_lead(lead).values(
        way=Value(FORM),
        setting=F("form_id"),
        number=F("pk"),
        name=F("form__name"),
        department=F("form__department_id"),
        added=_build_state_expression(Submission.State.LEAD),
        moment=F("at"),
        first=F("first_touch"),
        last=F("last_touch"),
        agreed=F("consents"),
        lacking=F("reasons"),
    )
    called = IncomingCall.objects.with_record(Lead.table, lead).values(
        way=Value(WEBHOOK),
        setting=F("webhook_id"),
        number=F("pk"),
        name=F("webhook__name"),
        department=F("webhook__department_id"),
        added=_build_state_expression(IncomingCall.State.ADDED),
        moment=F("at"),
        first=Value({}, output_field=JSONField()),
        last=Value({}, output_field=JSONField()),
        agreed=Value([], output_field=JSONField()),
        lacking=Value([], output_field=JSONField()),
    )
    return sent.union(called, all=True).order_by("-added", "-moment", "-number")[:MOST]


def _build_state_expression(state: str) -> Case:
    return Case(When(state=state, then=Value(True)), default=Value(False), output_field=BooleanField())


def build_arrivals_card(lead: Lead, user: User) -> PageCard | None:
    found = [_build_arrival(row, lead, user) for row in get_lead_arrivals(lead.pk)]
    return PageCard("intake/_arrivals.html", found) if found else None


def _build_arrival(row: dict[str, Any], lead: Lead, user: User) -> Arrival:
    return Arrival(
        words=WORDS[row["way"], row["added"]],
        name=row["name"],
        page=_get_page_url(user, row),
        at=row["moment"],
        first_touch=label_touch(row["first"]),
        last_touch=label_touch(row["last"]),
        consents=row["agreed"],
        marks=describe_gaps(row["lacking"], lead, user),
    )


def _get_page_url(user: User, row: dict[str, Any]) -> str:
    model = WebForm if row["way"] == FORM else IncomingWebhook
    sees = user.sees_everything or row["department"] in user.department_ids
    if not (sees and user.has_perm(model.get_right("view"))):
        return ""
    if row["way"] == FORM:
        return reverse("intake_forms:submission", args=[row["number"]])
    return reverse("incoming:call", args=[row["setting"], row["number"]])
