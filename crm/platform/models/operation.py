"""An operation: one thing that a user did to one or many rows, and the outcome for each row."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

# The key of the parameters that an operation has if only its user sees it.
PRIVATE = "private"
NOT_PRIVATE = ~models.Q(parameters__has_key=PRIVATE)
# The kinds of the operations that load the demo, with its records as their verdicts, and that remove it.
LOAD_DEMO, REMOVE_DEMO = "load_demo", "remove_demo"
OF_DEMO = (LOAD_DEMO, REMOVE_DEMO)


def get_earliest_change_time(at: datetime) -> datetime:
    """No change of an operation of this time is older, even if the clock was set back: for queries that needn't look at all
    months."""
    return at - timedelta(days=1)


class OperationQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")

    def oldest_first(self):
        return self.order_by("id")

    def since(self, moment: datetime):
        return self.filter(at__gte=moment)

    def of_kinds(self, kinds: Collection[str]):
        return self.filter(kind__in=kinds)

    def that_changed_records(self):
        return self.filter(changed__gt=0)

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def after(self, pk: int):
        return self.filter(pk__gt=pk)

    def whole(self):
        """Without the parts of operations that were carried out in parts."""
        return self.filter(part_of=None)

    def get_whole_ids(self):
        """The ids of the operations that these are parts of."""
        return self.exclude(part_of=None).values("part_of")

    def of_demo(self):
        """Those that loaded the demo or removed it."""
        return self.filter(kind__in=OF_DEMO)

    def get_effective_undos(self) -> dict[int, int]:
        """The ids of the undos among these, each with that of what it has undone, unless the undo was undone itself, however often.

        These have to contain all later undos. An undo may have kept some of the records, so ask of a record whether the undo has
        changed it. Whether all of an operation is undone says crm/records/history/undo/undo_permission.py.
        """
        # In SQL, each undo of an undo would be a question within the question before: without statistics of the table, PostgreSQL
        # reads it again for each row of each of them. Read here, 4,000 undos among 20,000 operations take 8 ms.
        found: dict[int, int] = {}
        undone: set[int] = set()
        undos = self.filter(undoes__isnull=False).order_by("-pk")
        # Whatever undid an undo comes later.
        for undo, operation in undos.values_list("pk", "undoes"):
            if undo not in undone:
                undone.add(operation)
                found[undo] = operation
        return found

    def by_user(self, user):
        return self.filter(by=user)

    def through(self, token):
        """Those that a user did through the assistant with this token."""
        return self.filter(token=token)

    def set_private(self, private: bool):
        """Let only its user see each of these operations, or also those who see the user's others."""
        mark: Any = models.Value({PRIVATE: True}, models.JSONField()) if private else models.Value(PRIVATE)
        joined = " || " if private else " - "
        json = models.JSONField()
        marked = models.Func(
            "parameters", mark, template="%(expressions)s", arg_joiner=joined, output_field=json
        )
        self.update(parameters=marked)

    def not_private(self):
        """All except those that only their user sees (`is_private`)."""
        return self.filter(NOT_PRIVATE)

    def not_private_to_others(self, user):
        """All except other users' that are private (`is_private`)."""
        return self.filter(models.Q(by=user.pk) | NOT_PRIVATE if user.sees_private else NOT_PRIVATE)


class Operation(models.Model):
    """Who did what, when. `kind` names the verb, `parameters` are the values for its text, the counts say how many.

    More than a million records are changed in `part_count` numbered parts. Each is an operation of its own, with its changes
    and verdicts, and the operation that people see adds them up (crm/records/history/multi_part_changes.py).
    """

    class Channel(models.TextChoices):
        WEB = "web", _("in the app")
        BULK = "bulk", _("in bulk")
        IMPORT = "import", _("via import")
        API = "api", _("via API")
        SYSTEM = "system", _("automatically")
        AUTOMATION = "automation", _("by an automation")
        ASSISTANT = "assistant", _("through an assistant")

    kind = models.CharField(_("type"), max_length=40)
    # The record type that it is about, whose rows are counted; '' for none.
    table = models.CharField(max_length=40, blank=True)
    parameters = models.JSONField(_("details"), default=dict, blank=True)
    note = models.TextField(_("note"), blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("user"),
        related_name="operations",
    )
    # The token of the assistant through which the user did it.
    token = models.ForeignKey(
        "crm.Token", models.PROTECT, null=True, blank=True, related_name="operations", db_index=False
    )
    at = models.DateTimeField(_("date"), db_default=Now())
    milliseconds = models.PositiveIntegerField(_("duration"), null=True)
    matched = models.PositiveIntegerField(_("matched"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("can’t be changed"), default=0)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    part_count = models.PositiveIntegerField(default=0, db_default=0)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", db_index=False
    )
    part = models.PositiveIntegerField(null=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        indexes = [
            models.Index(fields=["by", "-id"], name="operation_by"),  # the operations page, "only mine"
            models.Index(fields=["undoes"], name="operation_undoes"),  # whether one is undone
            # What an assistant has done.
            models.Index(
                fields=["token", "-id"], name="operation_token", condition=models.Q(token__isnull=False)
            ),
            # Those that a timeline tells of on two records.
            models.Index(fields=["-id"], name="operation_moves", condition=models.Q(kind="move_activity")),
            # Whether there is a demo, and which records are part of it.
            models.Index(fields=["-id"], name="operation_demo", condition=models.Q(kind__in=OF_DEMO)),
        ]
        constraints = [
            # No part is done twice; the index finds the parts of an operation.
            models.UniqueConstraint(
                fields=["part_of", "part"], name="operation_part", condition=models.Q(part_of__isnull=False)
            ),
        ]

    @property
    def way_label(self) -> str | Promise:
        """By what way it came, to follow a name: "via API", "through the assistant “Claude”"."""
        if self.token and self.channel == self.Channel.ASSISTANT:
            return _("through the assistant “%(name)s”") % {"name": self.token.name}
        return self.get_channel_display()

    @property
    def original(self) -> "Operation":
        """The one that an undo, or the undo of an undo, is about; of any other, itself."""
        return self.undoes.original if self.undoes else self

    @property
    def is_private(self) -> bool:
        """Whether it is about what only its user sees."""
        return PRIVATE in self.parameters

    @property
    def undo_until(self):
        return self.at + timedelta(days=settings.UNDO_DAYS)

    @property
    def earliest_change_at(self) -> datetime:
        return get_earliest_change_time(self.at)

    @property
    def expired(self) -> bool:
        return timezone.now() > self.undo_until

    @cached_property
    def own_ids(self) -> list[int]:
        """The operations that its changes are recorded with: itself, or its parts in their order."""
        if not self.part_count:
            return [self.pk]
        return list(self.parts.order_by("part").values_list("pk", flat=True))

    @property
    def parts_done(self) -> int:
        # Counted each time: `own_ids` of an object that is kept while its parts are carried out is soon out of date.
        return self.parts.count() if self.part_count else 0

    @property
    def parts_left(self) -> int:
        """How many of its parts haven't been carried out."""
        return self.part_count - self.parts_done

    @property
    def last_job(self):
        return self.jobs.order_by("pk").last()

    @property
    def can_continue(self) -> bool:
        """Whether the rest of its parts can be carried out: not after what was done of it has been undone, and only while it is
        known which records they are."""
        if not self.parts_left or self.undone_by.exists():
            return False
        # Its set itself isn't read, because it has the ids of all records.
        return bool(self.undoes_id) or Operation.objects.filter(pk=self.pk, frozen_set__isnull=False).exists()

    def get_all_verdicts(self) -> "VerdictQuerySet":
        """Its verdicts, or those of its parts."""
        return Verdict.objects.filter(operation__in=self.own_ids)

    def count_changed_by_table(self) -> list[tuple[str, int]]:
        """How many records of each table it changed, in order of change."""
        counts: dict[str, int] = {}
        changed = self.get_all_verdicts().filter(word=Verdict.Word.CHANGED).order_by("pk")
        for table, count in changed.values_list("table", "count"):
            counts[table] = counts.get(table, 0) + count
        return list(counts.items())


# What programs do with a token of a user.
CHANNELS_OF_PROGRAMS = (Operation.Channel.API, Operation.Channel.ASSISTANT)


class VerdictQuerySet(models.QuerySet):
    def of_operations(self, operations: Collection[int], table: str):
        """What these operations changed in one table."""
        return self.filter(operation__in=operations, table=table, word=Verdict.Word.CHANGED)

    def made_by_demo(self, table: str):
        """Which records of a table the demo added."""
        return self.filter(operation__kind=LOAD_DEMO, table=table)

    def newest_after(self, after: int):
        """Those with a higher id, the newest first."""
        return self.filter(pk__gt=after).order_by("-pk")

    def with_first_ids(self):
        """Each with its first 200 ids in `first_ids`; the others stay in the database, because there may be a
        million."""
        return self.defer("ids").annotate(first_ids=models.F("ids__0_200"))


class Verdict(models.Model):
    """What an operation decided about many rows of a table at once: one row per verdict and reason, with an array of
    ids."""

    class Word(models.TextChoices):
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("already set")
        REFUSED = "refused", _("can’t be changed")

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="verdicts")
    table = models.CharField(max_length=40)
    word = models.CharField(max_length=10, choices=Word)
    reason = models.CharField(max_length=60, blank=True)
    ids = ArrayField(models.BigIntegerField(), default=list)
    count = models.PositiveIntegerField()

    objects = VerdictQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["operation"], name="verdict_operation")]

    def get_ids_after(self, after: int, most: int) -> list[int]:
        """The next ids after `after`, at most this many. The ids are sorted, so the database finds the place by
        bisection."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT ids[place + 1 : place + %s]
                   FROM (SELECT ids, width_bucket(%s::bigint, ids) AS place FROM crm_verdict WHERE id = %s) AS found""",
                [most, after, self.pk],
            )
            return cursor.fetchone()[0]
