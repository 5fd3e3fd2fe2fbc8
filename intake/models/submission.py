"""What a visitor sent with a web form: the raw values, and the result."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.compiled_querysets import get_compiled_values
from intake.models.web_form import WebForm
from leads.models import Lead

HOUR = timedelta(hours=1)
# Takes the place of a hashed address in the kept statement.
ADDRESS = "?"


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the forms that the user sees."""
        return self.filter(form__in=WebForm.objects.visible_to(user).values("pk"))

    def changeable_by(self, user):
        return self.filter(form__in=WebForm.objects.changeable_by(user).values("pk"))

    def of_form(self, form: WebForm):
        return self.filter(form=form)

    def in_state(self, *states: str):
        return self.filter(state__in=states)

    def of_leads(self, ids: Sequence[int]):
        return self.filter(lead__in=ids)

    def lately_from(self, address: str):
        """In the last hour, from a network address."""
        return self.filter(address=address, at__gt=Now() - models.Value(HOUR))

    def sent_with(self, nonces: Sequence[str], since: datetime | None):
        """Those with one of these nonces, since a moment if there is one."""
        found = self.filter(nonce__in=nonces)
        return found.filter(at__gt=since) if since else found

    def waiting_for(self, email: str):
        """Those of the last day whose email address isn't confirmed yet."""
        waits = Submission.State.UNCONFIRMED
        return self.filter(email=email, state=waits, at__gt=timezone.now() - 24 * HOUR)

    def with_lead(self, lead: Any):
        """Those that added or updated this lead, given by its ID or an expression."""
        return self.filter(lead=lead).in_state(Submission.State.LEAD, Submission.State.KNOWN)

    def expired(self):
        """Those whose raw values were kept as long as their form says."""
        days = models.F("form__days_kept") * models.Value(timedelta(days=1))
        kept = models.ExpressionWrapper(days, models.DurationField())
        limit = models.ExpressionWrapper(Now() - kept, models.DateTimeField())
        return self.filter(cleared=False, form__days_kept__gt=0, at__lt=limit)

    def clear(self) -> int:
        """Delete what the visitor typed. Where they came from and what they agreed to belong to the lead."""
        return self.update(values={}, files=[], email="", cleared=True)

    def older_than(self, days: int):
        return self.filter(at__lt=timezone.now() - timedelta(days=days))

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def newest_first(self):
        return self.order_by("-id")


class Submission(models.Model):
    """`values` are the raw texts by input name, as lists; `address` is a keyed hash of the network address. `reasons` are the
    codes for which it is quarantined, or the sentence why no lead could be added. `nonce` is the same if a form is sent again.
    Once it is `cleared`, its raw values, files and email are deleted.

    It isn't tracked, because people don't edit it.
    """

    class State(models.TextChoices):
        LEAD = "lead", _("lead added")
        KNOWN = "known", _("known lead")
        UNCONFIRMED = "waiting", _("not confirmed yet")
        QUARANTINED = "spam", _("quarantined")
        FAILED = "failed", _("no lead added")

    form = models.ForeignKey(WebForm, models.CASCADE, related_name="submissions", db_index=False)
    at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)
    state = models.CharField(_("result"), max_length=10, choices=State)
    reasons = models.JSONField(default=list, blank=True)
    values = models.JSONField(default=dict)
    files = models.JSONField(default=list, blank=True)
    consents = models.JSONField(default=list, blank=True)
    first_touch = models.JSONField(default=dict, blank=True)
    last_touch = models.JSONField(default=dict, blank=True)
    address = models.CharField(max_length=32)
    email = models.CharField(max_length=254, blank=True)
    nonce = models.CharField(max_length=64, unique=True)
    cleared = models.BooleanField(default=False, db_default=False)
    # Without a constraint: a lead may be deleted permanently.
    lead = models.ForeignKey(
        Lead, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            # The list of a form, and the quarantine.
            models.Index(fields=["form", "state", "-id"], name="submission_of_form"),
            # The limit of a network address.
            models.Index(fields=["address", "at"], name="submission_from"),
            # Emails for confirming.
            models.Index(
                fields=["email", "at"], name="submission_email", condition=models.Q(state="waiting")
            ),
            # Deleting raw values.
            models.Index(fields=["form", "at"], name="submission_values", condition=models.Q(cleared=False)),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def count_lately(cls, form: WebForm, address: str) -> int:
        """Those of a form in the last hour from a network address, by a statement that is compiled once."""
        found = get_compiled_values(
            _recent_count_queryset,
            [],
            form.pk,
            moments=lambda values: [address if v == ADDRESS else v for v in values],
        )
        return found[0][0] if found else 0

    def get_text(self, name: str) -> str:
        """The first raw text of an input."""
        texts: Any = self.values.get(name) or [""]
        return str(texts[0])


def _recent_count_queryset(_ids: list[int], form: int) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    rows = Submission.objects.lately_from(ADDRESS).filter(form=form)
    return rows.values("form").annotate(number=models.Count("*")).values_list("number")
