"""A custom field: defined by an administrator for one record type. Its values stand beside the records."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.search.search_triggers import SearchedAnew
from crm.fields.custom.unique.unique_triggers import MarkUnique
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

# The most fields of one record type, and the most choices of one field.
MOST_FIELDS = 200
MOST_CHOICES = 5_000
LONGEST_CHOICE = 100
# The most fields of one record type that are quick to filter and sort: each one makes changes of values slower.
MOST_QUICK = 12
_OTHER_QUICK = """SELECT count(*) FROM crm_customfield g
    WHERE g.table_of = t.table_of AND g.quick AND NOT g.retired AND g.id <> t.id"""
ENOUGH_QUICK = f"({{old}} AND ({_OTHER_QUICK}) >= {MOST_QUICK})"
# Whether fields in use are shown for values of one that isn't: an undo would let their condition fall away unnoticed.
_DECIDER = """EXISTS (SELECT FROM crm_customfield g WHERE g.table_of = t.table_of AND g.retired
    AND 'c' || g.id = {told}->>'field')"""
_DEPENDING = """EXISTS (SELECT FROM crm_customfield g WHERE g.table_of = t.table_of AND NOT g.retired
    AND g.shown_if->>'field' = 'c' || t.id)"""
NOT_IN_USE = f"({{old}} AND {_DEPENDING} OR NOT {{old}} AND {_DECIDER.replace('{told}', 't.shown_if')})"
ITS_DECIDER_NOT_IN_USE = f"(NOT t.retired AND {_DECIDER.replace('{told}', '({old})')})"


def is_key(name: str) -> bool:
    """Whether a name can be the key of a custom field: no field of a model has such a name."""
    return name.startswith("c") and name[1:].isdecimal()


def add_choices(choices: list[dict[str, Any]], names: Iterable[str], *, after: int = 0) -> None:
    """Append a choice for each name, with a key that no other choice of the field has; its number is above `after`."""
    last = get_last_key(choices, after)
    choices += ({"key": f"o{number}", "name": name} for number, name in enumerate(names, last + 1))


def get_last_key(choices: Iterable[dict[str, Any]], after: int = 0) -> int:
    """The highest number in the keys of these choices, at least `after`."""
    return max([after, *(int(choice["key"][1:]) for choice in choices)])


class Derived(models.BooleanField):
    """A mark that follows from others, so the history doesn't record it."""

    derived = True

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.BooleanField", arguments, keywords


class DerivedText(models.CharField):
    """The same for a text."""

    derived = True

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.CharField", arguments, keywords


class CustomFieldQuerySet(RetirableQuerySet):
    def present_of_table(self, table: str):
        """Those of one record type that weren't deleted."""
        return self.filter(table_of=table, deleted=False)

    def quick(self):
        """Those in use that are quick to filter and sort."""
        return self.filter(quick=True, retired=False, deleted=False)

    def in_order(self):
        return self.order_by("position", "id")

    def get_next_position(self) -> int:
        return (self.aggregate(last=models.Max("position"))["last"] or 0) + 1

    def remove_undone_creations(self) -> list[int]:
        """Fields that an undone operation created are deleted. Those that are in use by now aren't among them."""
        ids = list(self.values_list("pk", flat=True))
        self.update(deleted=True, retired=True)
        return ids


class CustomField(Retirable):
    """Its values have the key "c<id>", which never changes, so a label can be changed at any time."""

    class Type(models.TextChoices):
        TEXT = "text", _("text")
        LONG_TEXT = "long_text", _("long text")
        NUMBER = "number", _("number")
        MONEY = "money", _("money")
        DATE = "date", _("date")
        MOMENT = "moment", _("date and time")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("choice")
        CHOICES = "choices", _("several choices")
        RATING = "rating", _("rating")
        EMAIL = "email", pgettext_lazy("a type", "email")
        PHONE = "phone", pgettext_lazy("a type", "phone")
        URL = "url", _("web address")
        USER = "user", pgettext_lazy("a type", "user")
        LINK = "link", _("link to a record")
        FILE = "file", pgettext_lazy("a type", "file")
        FORMULA = "formula", _("formula")

    # The types whose values can be unique; crm/fields/custom/unique/unique_triggers.py compares them.
    UNIQUE: ClassVar = (Type.TEXT, Type.NUMBER, Type.EMAIL, Type.PHONE, Type.URL)

    table = "custom_field"

    table_of = models.CharField(max_length=40, editable=False)
    name = models.CharField(_("label"), max_length=100)
    name_ro = models.CharField(_("label in Romanian"), max_length=100, blank=True)
    type = models.CharField(_("type"), max_length=12, choices=Type, default=Type.TEXT)
    help = models.CharField(
        _("help"), max_length=300, blank=True, help_text=_("Shown below the field in forms.")
    )
    help_ro = models.CharField(_("help in Romanian"), max_length=300, blank=True)
    required = models.BooleanField(
        _("required"),
        default=False,
        help_text=_("New records must have a value. Records without one stay as they are."),
    )
    is_unique = models.BooleanField(
        _("unique"),
        default=False,
        db_default=False,
        help_text=_("Two records can’t have the same value, and imports can find records by it."),
    )
    first_value = models.CharField(_("default"), max_length=300, blank=True)
    section = models.CharField(_("section"), max_length=20, blank=True)
    # Negative among the built-in fields (crm/records/custom_fields/sections.py).
    position = models.IntegerField(default=0, editable=False)
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    unit = models.CharField(
        _("unit"), max_length=20, blank=True, help_text=_("Shown after the number, such as kg or %.")
    )
    # One object for each choice: {"key": "a", "name": "…", "retired": false}
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # The record type that the values of a link name, which never changes, because the values are numbers of its records.
    links_to = models.CharField(_("linked record type"), max_length=40, blank=True, default="", db_default="")
    other_side = models.CharField(
        _("label on the other side"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("The heading on the page of the linked record, such as Referred leads."),
    )
    other_side_ro = models.CharField(
        _("label on the other side in Romanian"), max_length=100, blank=True, default="", db_default=""
    )
    # With the names of fields instead of their labels: {c12} * 0.2
    formula = models.TextField(_("formula"), blank=True)
    roles = ArrayField(models.BigIntegerField(), verbose_name=_("visible to roles"), default=list, blank=True)
    # Those who see it and have one of these roles; without any, all who see it.
    editors = ArrayField(
        models.BigIntegerField(), verbose_name=_("editable by roles"), default=list, blank=True
    )
    departments = ArrayField(
        models.BigIntegerField(), verbose_name=_("used in departments"), default=list, blank=True
    )
    # {"field": name, "values": [texts]}: the form shows it only if the other field has one of them; {} is always.
    shown_if = models.JSONField(_("shown if"), default=dict, blank=True)
    deleted = models.BooleanField(default=False, editable=False)
    quick = models.BooleanField(
        _("quick to filter and sort"),
        default=False,
        help_text=_("Lists find and sort its values by an index, which takes space on the server’s disk."),
    )
    # Whether its index is there: only the job that makes and removes indexes writes it (crm/fields/custom/indexes/index_building.py).
    indexed = Derived(default=False, db_default=False, editable=False)
    searched = models.BooleanField(
        _("found by search"),
        default=False,
        db_default=False,
        help_text=_(
            "Search finds records by its values. Changes of its values take longer. Only fields that everyone can see can be "
            "found by search."
        ),
    )
    # Whether its values are or may be among the search words (crm/fields/custom/search/search_triggers.py).
    searched_as = DerivedText(max_length=10, default="", db_default="", blank=True, editable=False)

    undo = UndoRules(
        guards={
            "name": build_name_guard("crm_customfield", "g.table_of = t.table_of AND NOT g.deleted"),
            "is_unique": Guard(
                "values_repeat",
                """({old} AND EXISTS (SELECT FROM leadwell_unique_keys(t.id) k WHERE k.present
                GROUP BY k.key HAVING count(*) > 1))""",
            ),
            "quick": Guard("enough_quick", ENOUGH_QUICK),
            "retired": Guard("decider_not_in_use", NOT_IN_USE),
            "shown_if": Guard("decider_not_in_use", ITS_DECIDER_NOT_IN_USE),
        }
    )

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                "table_of",
                Lower("name"),
                name="custom_field_once",
                condition=models.Q(deleted=False),
            )
        ]
        triggers = [
            *build_change_triggers("custom_field"),
            MarkUnique(name="mark_unique"),
            SearchedAnew(name="searched_anew"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return (self.name_ro if is_romanian_active() else "") or self.name

    @property
    def other_side_label(self) -> str:
        """What the page of a linked record calls the records that link to it."""
        return (self.other_side_ro if is_romanian_active() else "") or self.other_side

    @property
    def help_in_active_language(self) -> str:
        return (self.help_ro if is_romanian_active() else "") or self.help

    @property
    def key(self) -> str:
        """Its name in values, URLs and history."""
        return f"c{self.pk}"

    @property
    def is_computed(self) -> bool:
        """Whether its values are computed from other fields, so that nobody writes them."""
        return self.type == self.Type.FORMULA

    @property
    def has_choices(self) -> bool:
        return self.type in (self.Type.CHOICE, self.Type.CHOICES)


def is_romanian_active() -> bool:
    return (get_language() or "").startswith("ro")
