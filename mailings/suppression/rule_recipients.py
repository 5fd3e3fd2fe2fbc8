"""Who may get no email that a rule sends: judged for a set of records in SQL, and once more right before the email goes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Change, Operation
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import Refusal
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.activity import Activity
from leads.models import Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_possible_digests
from mailings.suppression.suppression_list import get_email_key

# The sentence for each reason code.
REASONS = {
    "no_email_address": _("This record has no email address."),
    "email_unsubscribed": _("This person has unsubscribed from emails."),
    "email_suppressed": _("This email address is suppressed."),
    "email_repeated": _("Another one of these records has the same email address."),
}


def get_address_refusals() -> list[Refusal]:
    """For records of KINDS_OF_RECIPIENTS: those without an address, and those whose address has opted out or is suppressed."""
    key = OuterRef("email_key")
    return [
        Refusal("no_email_address", Q(email_key="")),
        Refusal("email_unsubscribed", Q(Exists(Unsubscribe.objects.filter(email_key=key)))),
        Refusal("email_suppressed", Q(Exists(Suppression.objects.filter(email_key=key)))),
    ]


def refuse_forgotten_and_repeated(outcome: Outcome) -> None:
    """What no condition of one row can say: addresses that are known only by a digest because they were erased; and of several
    records with one address, all but the first."""
    model: Any = KINDS[outcome.table].model
    rows = model.objects.filter(pk__any=outcome.changed).order_by("pk").values_list("pk", "email_key")
    first: dict[str, int] = {}
    again = [pk for pk, key in rows if first.setdefault(key, pk) != pk]
    outcome.refuse("email_repeated", again)
    for code, keys in find_forgotten(first).items():
        outcome.refuse(code, [first[key] for key in keys])


def find_forgotten(keys: Iterable[str]) -> dict[str, set[str]]:
    """Those of these folded addresses that were erased and may get nothing, by the code of the reason."""
    forgotten = ForgottenAddress.objects.filter(list=None)
    if not keys or not forgotten.exists():
        return {}
    by_digest = build_possible_digests(keys)
    found: dict[str, set[str]] = {}
    for row in forgotten.filter(digest__in=list(by_digest)):
        unsubscribed = row.exclusion_reason == "unsubscribed"
        code = "email_unsubscribed" if unsubscribed else "email_suppressed"
        found.setdefault(code, set()).add(by_digest[row.digest])
    return found


def find_obstacle(activity: Activity) -> str:
    """Why an email of a rule may no longer be sent, judged right before: a key of PROBLEMS, or ''. Emails that people wrote are
    theirs to send."""
    if not _is_of_rule(activity):
        return ""
    record: Any = KINDS[activity.of].model
    if not record.objects.present().filter(pk=activity.record).exists():
        return "deleted"
    key = get_email_key(activity.address)
    if Unsubscribe.objects.filter(email_key=key).exists():
        return "unsubscribed"
    if Suppression.objects.filter(email_key=key).exists():
        return "suppressed"
    forgotten = find_forgotten([key])
    return "unsubscribed" if "email_unsubscribed" in forgotten else "suppressed" if forgotten else ""


def _is_of_rule(activity: Activity) -> bool:
    added = Change.objects.of_row(Activity.table, activity.pk).filter(kind=Change.Kind.INSERT)
    return added.filter(operation__channel=Operation.Channel.AUTOMATION).exists()
