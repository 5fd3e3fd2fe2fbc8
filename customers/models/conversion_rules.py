"""How leads that are won become clients without anyone choosing: one row, until then as delivered."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.records.history import tracked
from crm.records.kept_rows import all_of


class ConversionRulesQuerySet(models.QuerySet):
    def take_back_created(self) -> list[int]:
        """An undone first change leaves the rules as delivered."""
        ids = list(self.values_list("pk", flat=True))
        self.delete()
        return ids


class ConversionRules(models.Model):
    """`mapping` says for each custom field of leads which custom field of each kind gets its value:
    {"c12": {"company": "c15"}}."""

    table: ClassVar[str] = "conversion_rules"
    ROW: ClassVar[int] = 1

    automatic = models.BooleanField(
        _("convert leads when they’re won"),
        default=True,
        db_default=True,
        help_text=_(
            "A company and a contact are found or added, however the lead enters a won status. If several match, the lead "
            "can’t be won until someone chooses on its conversion page."
        ),
    )
    mapping = models.JSONField(_("custom fields"), default=dict, db_default={}, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConversionRulesQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("conversion")
        verbose_name_plural = _("conversion")
        triggers = tracked("conversion_rules")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def right(cls, action: str) -> str:
        return "customers.change_conversionrules"

    @classmethod
    def current(cls) -> "ConversionRules":
        """The row, or the rules as delivered."""
        found = all_of(_rules)
        return found[0] if found else cls(pk=cls.ROW, version=0)

    def mapping_to(self, table: str) -> dict[str, str]:
        """The custom fields of a kind that get values, by those of leads."""
        return {source: targets[table] for source, targets in self.mapping.items() if table in targets}


def _rules() -> Any:
    """Kept (crm/records/kept_rows.py)."""
    return ConversionRules.objects.order_by("pk")[:1]
