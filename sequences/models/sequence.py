"""A sequence: emails and tasks for a record, one after the other over several working days."""

from dataclasses import asdict, dataclass
from datetime import time
from secrets import token_hex
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crm.fields.model_fields import Plain
from crm.fields.types.texts import ItemCount
from crm.platform.models.retirable import Retirable, RuleQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

MOST_STEPS = 20
# Working days after the step before.
LONGEST_WAIT = 90
LONGEST_TITLE = 200
# The types of records that can be in a sequence: those with an email address by which a person is known.
SEQUENCED = ("lead", "contact")


def build_step_key() -> str:
    """The key of a new step: it stays the same when steps are moved or edited."""
    return token_hex(4)


@dataclass(frozen=True)
class SequenceStep:
    """One step. `after` is how many working days after the step before, 0 for at once; `at` is the time on the author's clock,
    or '' for the time of day of the step before. An email has the id of a `template`, and is in the thread of the emails
    before it or not; a call or a task has a `title` and a `note`."""

    class Kind(models.TextChoices):
        EMAIL = "email", pgettext_lazy("an activity", "email")
        CALL = "call", pgettext_lazy("an activity", "call")
        TASK = "task", _("task")

    key: str
    kind: str
    after: int = 0
    at: str = ""
    template: int | None = None
    in_thread: bool = True
    title: str = ""
    note: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def clock(self) -> time | None:
        return time.fromisoformat(self.at) if self.at else None

    @property
    def is_email(self) -> bool:
        return self.kind == self.Kind.EMAIL


class SequenceStepsField(Plain, models.JSONField):
    type = ItemCount(ngettext_lazy("%(number)s step", "%(number)s steps", "number"))
    path = "django.db.models.JSONField"


class StopStatusesField(Plain, models.JSONField):
    type = ItemCount(ngettext_lazy("%(number)s status", "%(number)s statuses", "number"))
    path = "django.db.models.JSONField"


class SequenceQuerySet(RuleQuerySet):
    def of_type(self, table: str):
        """Those for records of one type."""
        return self.filter(table_of=table)


class Sequence(Retirable):
    """`table_of` is the record type, `steps` are those of SequenceStep, and `stop_statuses` the ids of the statuses that end it
    besides all closed ones. A deleted one is `retired`, because operations and records name it. While it's turned off, no one
    is added and no step is done; records that are in it go on later."""

    class Sender(models.TextChoices):
        OWNER = "owner", _("the owner of each record")
        STARTER = "starter", _("the user who starts it")

    class Route(models.TextChoices):
        """The keys of mailboxes/sending/sender_routes.py. Without that mailbox, an email goes as any other of its author."""

        OWN = "own", _("the sender’s own mailbox")
        DEPARTMENT = "department", _("the mailbox of the record’s department")

    table = "sequence"

    name = models.CharField(_("name"), max_length=60)
    table_of = models.CharField(_("record type"), max_length=40)
    turned_on = models.BooleanField(_("turned on"), default=False, db_default=False)
    sender = models.CharField(
        pgettext_lazy("of a sequence", "sender"),
        max_length=10,
        choices=Sender,
        default=Sender.OWNER,
        help_text=_("Emails are in their name, and tasks are for them."),
    )
    route = models.CharField(
        pgettext_lazy("of a sequence", "mailbox"), max_length=10, choices=Route, default=Route.OWN
    )
    stop_statuses = StopStatusesField(
        _("statuses that end it"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Every closed status ends it too."),
    )
    steps = SequenceStepsField(_("steps"), default=list, db_default=[])
    position = models.PositiveSmallIntegerField(default=0, db_default=0)

    undo = UndoRules(guards={"name": build_name_guard("sequences_sequence", "NOT g.retired")})

    objects = SequenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        triggers = build_change_triggers("sequence")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="sequence_once", condition=Q(retired=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @property
    def parsed_steps(self) -> list[SequenceStep]:
        return [SequenceStep(**step) for step in self.steps]

    def find_step(self, key: str) -> SequenceStep | None:
        return next((step for step in self.parsed_steps if step.key == key), None)
