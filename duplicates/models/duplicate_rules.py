"""What counts as a duplicate: one row, until then as delivered."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.transfer.imports.columns.import_options import DUPLICATE_CHOICES, UPDATE
from duplicates.models.likeness import Reason

HIGHEST = 100
# Below this, names that have little in common count as similar.
LEAST_SIMILARITY = 70


def _build_score_field(default: int, label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        db_default=default,
        validators=[MaxValueValidator(HIGHEST)],
        help_text=_("From 1 to 100. With 0, it isn’t compared."),
    )


class Policy(models.TextChoices):
    """What a program does when it adds a record that already exists."""

    ADD = "add", _("Add another record")
    SKIP = "skip", _("Reject as a duplicate")
    UPDATE = "update", _("Update the existing record")


def _build_policy_field(label: Any) -> models.CharField:
    return models.CharField(
        label, max_length=10, choices=Policy, default=Policy.ADD, db_default=Policy.ADD.value
    )


class DuplicateRules(OneRow):
    table: ClassVar[str] = "duplicate_rules"
    undo = UndoRules()

    email = _build_score_field(100, _("score of the same email"))
    phone = _build_score_field(90, _("score of the same phone"))
    domain = _build_score_field(80, _("score of companies with the same domain"))
    names = _build_score_field(95, _("highest score of similar names and companies"))
    similarity = models.PositiveSmallIntegerField(
        _("names are similar from"),
        default=88,
        db_default=88,
        validators=[MinValueValidator(LEAST_SIMILARITY), MaxValueValidator(HIGHEST)],
        help_text=_(
            "From 70 to 100: the share of letters that match, in the name of the person and in that of the company. With 100, "
            "only the same names count."
        ),
    )
    warns = models.BooleanField(
        _("warn in forms"),
        default=True,
        db_default=True,
        help_text=_(
            "Users who add or edit a lead, contact or company see similar records among those that they may see, and then "
            "decide."
        ),
    )
    own_api = _build_policy_field(_("API v2"))
    connect_api = _build_policy_field(_("CRM Connect"))
    umbra_api = _build_policy_field(_("Umbra ERP"))
    known_from = models.PositiveSmallIntegerField(
        _("a record already exists from a score of"),
        default=HIGHEST,
        db_default=HIGHEST,
        validators=[MinValueValidator(LEAST_SIMILARITY), MaxValueValidator(HIGHEST)],
        help_text=_(
            "From 70 to 100, for programs only. With 100 and the scores as delivered, only the same email counts."
        ),
    )
    imports = models.CharField(
        _("imports: rows that look like existing records"),
        max_length=10,
        choices=DUPLICATE_CHOICES,
        default=UPDATE,
        db_default=UPDATE,
        help_text=_("What a new import proposes. Users can choose otherwise for each import and each row."),
    )
    nightly = models.BooleanField(
        _("scan every night"),
        default=False,
        db_default=False,
        help_text=_("After 2 a.m. in the time zone of the server."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("rules of duplicates")
        verbose_name_plural = _("rules of duplicates")
        triggers = build_change_triggers("duplicate_rules")

    @classmethod
    def get_right(cls, action: str) -> str:
        return "duplicates.change_duplicaterules"

    def get_score(self, reason: int, similarity: int = HIGHEST) -> int:
        """The score of two records that are alike for this reason; 0 if it doesn't count. `similarity` is from 0 to 100."""
        match reason:
            case Reason.EMAIL:
                return self.email
            case Reason.PHONE:
                return self.phone
            case Reason.DOMAIN:
                return self.domain
        return min(self.names, similarity) if self.names and similarity >= self.similarity else 0
