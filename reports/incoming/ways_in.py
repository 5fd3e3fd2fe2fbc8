"""By which way each lead came in: a web form, an incoming webhook, an import, a request, a program, or a user who added it.

The way follows from the operation that added the lead and from what forms, webhooks, imports and requests have kept about it. A way
is a text such as "form:12": its sort, and the ID of the form, webhook, import or user, if there is one.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, Func, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Import, Operation
from crm.platform.models.operation import CHANNELS_OF_PROGRAMS
from customers.models import Request
from customers.requests.deal_creation import MakeDeal
from customers.requests.verbs import CreateLead
from intake.models import IncomingCall, IncomingWebhook, Submission, WebForm
from leads.models import Lead

Channel = Operation.Channel


class WayIn(StrEnum):
    FORM = "form"
    WEBHOOK = "webhook"
    IMPORT = "import"
    REQUEST = "request"
    API = "api"
    USER = "user"
    AUTOMATIC = "automatic"


def build_way_expression() -> Case:
    """For rows of changes that added leads. What forms and webhooks keep is only looked up for what they may have added."""
    lead = OuterRef("progress_id")
    form = Submission.objects.filter(lead=lead, state=Submission.State.LEAD)
    call = IncomingCall.objects.filter(record=lead, of=Lead.table, state=IncomingCall.State.ADDED)
    request = Request.objects.filter(lead=lead).order_by("pk")
    automatic = Value(WayIn.AUTOMATIC.value)
    of_request = Q(operation__kind__in=[CreateLead.kind, MakeDeal.kind])
    by_user = Q(operation__by__isnull=False)
    return Case(
        When(of_request, then=_build_key(WayIn.REQUEST, Subquery(request.values("channel")[:1]))),
        When(
            operation__channel=Channel.SYSTEM,
            then=Coalesce(_build_key(WayIn.FORM, Subquery(form.values("form")[:1])), automatic),
        ),
        When(operation__channel=Channel.IMPORT, then=_build_key(WayIn.IMPORT, F("operation__imports"))),
        When(
            by_user,
            operation__channel__in=CHANNELS_OF_PROGRAMS,
            then=_build_key(WayIn.API, F("operation__by")),
        ),
        When(
            operation__channel=Channel.API,
            then=Coalesce(_build_key(WayIn.WEBHOOK, Subquery(call.values("webhook")[:1])), automatic),
        ),
        When(by_user, then=_build_key(WayIn.USER, F("operation__by"))),
        default=automatic,
        output_field=TextField(),
    )


def _build_key(way: WayIn, of: Any) -> Func:
    """NULL if there is none."""
    text = Cast(of, TextField())
    return Func(
        Value(f"{way.value}:"),
        text,
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=TextField(),
    )


def split_key(key: str) -> tuple[WayIn, str]:
    way, _colon, of = key.partition(":")
    return WayIn(way), of


def get_way_labels(keys: Sequence[str], viewer: User) -> dict[str, str]:
    """Names of imports are only for those who may see them; those of forms and webhooks are on the pages of their leads too."""
    found = [key for key in keys if key]
    names = {
        WayIn.FORM: _get_names(WebForm.objects.all(), WayIn.FORM, found),
        WayIn.WEBHOOK: _get_names(IncomingWebhook.objects.all(), WayIn.WEBHOOK, found),
        WayIn.IMPORT: _get_names(Import.objects.visible_to(viewer), WayIn.IMPORT, found),
        WayIn.USER: (people := _get_names(User.objects.all(), WayIn.USER, found)),
        WayIn.API: people | _get_names(User.objects.all(), WayIn.API, found),
        WayIn.REQUEST: {str(value): str(label) for value, label in Request.Channel.choices},
    }
    return {key: _get_label(*split_key(key), names) for key in found}


def _get_names(rows: Any, way: WayIn, keys: Sequence[str]) -> dict[str, str]:
    ids = [int(of) for kind, of in map(split_key, keys) if kind == way]
    return {str(pk): row.name for pk, row in rows.in_bulk(ids).items()} if ids else {}


def _get_label(way: WayIn, of: str, names: Mapping[WayIn, Mapping[str, str]]) -> str:
    name = names.get(way, {}).get(of, "")
    if way == WayIn.AUTOMATIC:
        return _("Automatic")
    texts = {
        WayIn.FORM: (_("Web form “%(name)s”"), _("Web form")),
        WayIn.WEBHOOK: (_("Incoming webhook “%(name)s”"), _("Incoming webhook")),
        WayIn.IMPORT: (_("Import of %(name)s"), _("Import of a file")),
        WayIn.REQUEST: (_("Request (%(name)s)"), _("Request")),
        WayIn.API: (_("API, by a program of %(name)s"), _("API")),
        WayIn.USER: (_("Added by %(name)s"), _("Added in the app")),
    }
    named, unnamed = texts[way]
    return named % {"name": name} if name else unnamed


def parse_way_key(text: str) -> str:
    """Raises ValueError for what is no way."""
    way, of = split_key(text)
    if way in (WayIn.AUTOMATIC, WayIn.REQUEST) or of.isdecimal():
        return text
    raise ValueError(text)
