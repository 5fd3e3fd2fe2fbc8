"""Assignment rules: which leads they are for and who gets them, whose turn it is, and which rule assigned which lead."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.model_fields import NamesField, Plain, RowsField
from crm.fields.types.texts import Prose
from crm.models import Operation
from crm.platform.models.retirable import Rule, RuleQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.platform.sql.compiled_querysets import get_all_compiled_once
from crm.platform.web.transactions import Busy


class ConditionsText(Prose):
    """In words, in the history of a rule."""

    def format_value(self, field, value, reader=None):
        # Conditions are filters of leads, whose models are loaded with this one.
        from leads.assignment.rule_conditions import describe_conditions

        return describe_conditions(value or "", reader)


class ConditionsField(Plain, models.TextField):
    type = ConditionsText()
    path = "django.db.models.TextField"


class TurnsTaken(Busy):
    """A long run, such as an import, has the turns of the rules."""


def _join_way_labels(codes: list[str]) -> str:
    return ", ".join(str(way.label) for way in AssignmentRule.Way if way in codes)


class AssignmentRule(Rule):
    """`conditions` is the query of a lead list. A deleted rule is `retired`, because leads say which rule assigned them."""

    class Way(models.TextChoices):
        API = "api", _("API")
        IMPORT = "import", _("import")
        FORM = "form", _("web forms")
        WEBHOOK = "webhook", _("incoming webhooks")
        MAIL = "mail", _("email")
        MANUAL = "manual", _("selected leads in the list")

    class To(models.TextChoices):
        USER = "user", _("one user")
        IN_TURN = "in_turn", _("members of a department in turn")
        FEWEST = "fewest", _("the member of a department with the fewest open leads")

    class Present(models.TextChoices):
        ALWAYS = "", _("always")
        DAY = "day", _("on their working days")
        HOURS = "hours", _("in their working hours")

    class Otherwise(models.TextChoices):
        NEXT = "next", _("try the next rule")
        NO_OWNER = "no_owner", _("leave the lead unassigned")

    table = "assignment_rule"

    name = models.CharField(_("name"), max_length=60)
    turned_on = models.BooleanField(_("turned on"), default=True, db_default=True)
    conditions = ConditionsField(pgettext_lazy("of a rule", "conditions"), blank=True)
    ways = NamesField(
        models.CharField(max_length=10, choices=Way),
        verbose_name=_("leads that come from"),
        default=list,
        db_default=[],
        words=_join_way_labels,
    )
    assigns_to = models.CharField(_("assign to"), max_length=10, choices=To, default=To.IN_TURN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("user"),
        related_name="+",
    )
    department = models.ForeignKey(
        "accounts.Department",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )
    # Without any, all members of the department take part.
    roles = RowsField(verbose_name=_("only these roles"), of="accounts.Role")
    people = RowsField(
        verbose_name=_("only these users"),
        of="accounts.User",
        unseen=_("another user"),
        help_text=_(
            "Members with one of these roles and these members get leads. Without a selection, all members of the department do."
        ),
    )
    most_open = models.PositiveIntegerField(
        _("most open leads per user"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Users with this many open leads are skipped. Empty means no limit."),
    )
    present = models.CharField(
        _("users get leads"),
        max_length=10,
        choices=Present,
        default=Present.ALWAYS,
        blank=True,
        help_text=_("By the working time of their first department, in their time zone."),
    )
    otherwise = models.CharField(
        _("if no one is available"), max_length=10, choices=Otherwise, default=Otherwise.NEXT
    )
    position = models.PositiveSmallIntegerField(default=0)

    undo = UndoRules(guards={"name": build_name_guard("leads_assignmentrule", "NOT g.retired")})

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        triggers = build_change_triggers("assignment_rule")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="assignment_rule_once", condition=Q(retired=False)),
        ]

    @property
    def ways_in_words(self) -> str:
        return str(_("all ways")) if len(self.ways) == len(self.Way) else _join_way_labels(self.ways)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some members of its department take part."""
        return bool(self.roles or self.people)

    @property
    def needs_open_counts(self) -> bool:
        """Whether it has to know how many open leads users have."""
        return self.assigns_to == self.To.FEWEST or self.most_open is not None

    @classmethod
    def get_all_in_use(cls) -> list["AssignmentRule"]:
        return get_all_compiled_once(_rules_in_use_queryset)


def _rules_in_use_queryset() -> RuleQuerySet:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return AssignmentRule.objects.in_use().in_order()


class AssignmentTurnQuerySet(models.QuerySet):
    def lock_last_users(self, rules: list[int]) -> dict[int, int | None]:
        """Who got the last lead of each of these rules, locked until the end of the transaction: two runs never give the same
        turn. Raises TurnsTaken if another run keeps them for longer than this transaction may wait."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT rule, last FROM leadwell_hold_turns(%s::bigint[])", [rules])
            found = dict(cursor.fetchall())
        if len(found) < len(rules):
            raise TurnsTaken
        return found

    def get_last_users(self, rules: list[int]) -> dict[int, int | None]:
        """The same for a preview, which locks nothing."""
        return dict(self.filter(rule__in=rules).values_list("rule", "last")) if rules else {}


class AssignmentTurn(models.Model):
    """Who got the last lead of a rule. Not a part of its history: machines write it with each lead."""

    rule = models.OneToOneField(AssignmentRule, models.CASCADE, primary_key=True, related_name="+")
    last = models.BigIntegerField(null=True)
    # Whether administrators know that no one can get the leads of this rule.
    idle_told = models.BooleanField(default=False, db_default=False)

    objects = AssignmentTurnQuerySet.as_manager()

    class Meta:
        default_permissions = ()


class AssignmentRunQuerySet(models.QuerySet):
    def within(self, operations):
        return self.filter(operation__in=operations.values("pk"))

    def with_operations(self):
        return self.select_related("operation__by", "operation__undoes")


class AssignmentRun(models.Model):
    """The rules assigned the leads of one operation. `counts` is a list of [rule, user, how many].

    A run that found no user for any lead says so in `no_one`; one without any such lead only had to wait too long.
    """

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=AssignmentRule.Way)
    leads = models.PositiveIntegerField()
    assigned = models.PositiveIntegerField()
    # No one was available for these, of those that a rule is for.
    no_one = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=list)
    # The operation that gave the leads their previous owners back, if one did.
    undone_by = models.BigIntegerField(null=True)

    objects = AssignmentRunQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    @property
    def waited_too_long(self) -> bool:
        """Whether the leads stayed unassigned because a longer run had the turns of the rules."""
        return not self.assigned and not self.no_one


class RuleAssignmentQuerySet(models.QuerySet):
    def of_leads(self, leads, operations):
        """Those of these leads in these operations."""
        return self.filter(lead__in=leads, operation__in=operations)


class RuleAssignment(models.Model):
    """A rule assigned a lead. Only numbers, without foreign keys: an import writes 10,000 of them, and none of these rows is
    ever removed but the lead."""

    lead = models.BigIntegerField()
    operation = models.BigIntegerField()
    rule = models.BigIntegerField()
    owner = models.BigIntegerField()

    objects = RuleAssignmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        # The timeline of a lead.
        indexes = [models.Index(fields=["lead", "operation"], name="rule_assignment_of_lead")]
