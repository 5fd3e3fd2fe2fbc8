"""What an administrator changed of a built-in field. A field that is as delivered has no row."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.fields.models.custom_field import CustomField, is_romanian_active
from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


def build_label_guard(column: str) -> Guard:
    """The guard of a label: an undo doesn't restore it if another field has it by now."""
    condition = (
        f"({{old}} <> '' AND EXISTS (SELECT FROM crm_builtinfield g WHERE lower(g.{column}) = lower({{old}}) "
        "AND g.table_of = t.table_of AND g.id <> t.id))"
    )
    return Guard("name_taken", condition)


class BuiltInFieldQuerySet(RemovableQuerySet):
    def of_table(self, table: str):
        """Those of one record type."""
        return self.filter(table_of=table)

    def of_field(self, table: str, name: str):
        return self.filter(table_of=table, name=name)


class BuiltInField(models.Model):
    """Empty texts, sections and positions are those of the code (fields.py and the model). `name` is the field's name."""

    table: ClassVar[str] = "built_in_field"
    # The section after those of the record type, where custom fields are by default.
    LAST_SECTION: ClassVar[str] = "custom"

    table_of = models.CharField(max_length=40, editable=False)
    name = models.CharField(max_length=40, editable=False)
    label = models.CharField(_("label"), max_length=100, blank=True)
    label_ro = models.CharField(_("label in Romanian"), max_length=100, blank=True)
    help = models.CharField(_("help"), max_length=300, blank=True)
    help_ro = models.CharField(_("help in Romanian"), max_length=300, blank=True)
    required = models.BooleanField(
        _("required"),
        default=False,
        help_text=_("New records must have a value. Records without one stay as they are."),
    )
    section = models.CharField(_("section"), max_length=20, blank=True)
    position = models.IntegerField(_("position"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    undo = UndoRules(guards={"label": build_label_guard("label"), "label_ro": build_label_guard("label_ro")})

    objects = BuiltInFieldQuerySet.as_manager()

    class Meta:
        # The permissions for custom fields are for these too.
        default_permissions = ()
        verbose_name = _("built-in field")
        verbose_name_plural = _("built-in fields")
        constraints = [models.UniqueConstraint(fields=["table_of", "name"], name="built_in_field_once")]
        triggers = build_change_triggers("built_in_field")

    def __str__(self) -> str:
        return f"{self.table_of}.{self.name}"

    @classmethod
    def get_right(cls, action: str) -> str:
        return CustomField.get_right(action)

    @property
    def label_in_active_language(self) -> str:
        """The label in the reader's language; '' if it is as delivered."""
        return self.label_ro if is_romanian_active() else self.label

    @property
    def help_in_active_language(self) -> str:
        return self.help_ro if is_romanian_active() else self.help

    @property
    def is_as_delivered(self) -> bool:
        texts: tuple[Any, ...] = (self.label, self.label_ro, self.help, self.help_ro, self.section)
        return not any(texts) and not self.required and self.position is None

    def save_or_remove(self) -> None:
        """Save the row, or remove it if nothing in it differs."""
        if not self.is_as_delivered:
            self.save()
        elif self.pk:
            self.delete()
