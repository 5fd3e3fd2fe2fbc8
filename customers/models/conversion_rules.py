"""How leads that are won become clients without anyone choosing: one row, until then as delivered."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class ConversionRules(OneRow):
    """`mapping` says for each custom field of leads which custom field of each kind gets its value:
    {"c12": {"company": "c15"}}."""

    table: ClassVar[str] = "conversion_rules"
    undo = UndoRules()

    automatic = models.BooleanField(
        _("convert leads when they’re won"),
        default=True,
        db_default=True,
        help_text=_(
            "A company and a contact are found or added, however the lead enters a won status. If several match, the lead "
            "can’t be won until someone chooses on its conversion page."
        ),
    )
    makes_deal = models.BooleanField(
        _("also add a deal"),
        default=False,
        db_default=False,
        help_text=_("With the value of the lead, in the first stage of its department."),
    )
    mapping = models.JSONField(_("custom fields"), default=dict, db_default={}, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("conversion")
        verbose_name_plural = _("conversion")
        triggers = build_change_triggers("conversion_rules")

    @classmethod
    def get_right(cls, action: str) -> str:
        return "customers.change_conversionrules"
