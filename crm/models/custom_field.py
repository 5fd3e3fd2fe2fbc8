"""A custom field: defined by an administrator for one record type. Its values stand beside the records."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.models.retirable import Retirable, RetirableQuerySet, name_taken
from crm.records.history import tracked

# The most fields of one record type, and the most choices of one field.
MOST_FIELDS = 200
MOST_CHOICES = 5_000
# The most fields of one record type that are quick to filter and sort: each one makes changes of values slower.
MOST_QUICK = 12
_OTHER_QUICK = """SELECT count(*) FROM crm_customfield g
    WHERE g.table_of = t.table_of AND g.quick AND NOT g.retired AND g.id <> t.id"""
ENOUGH_QUICK = f"({{old}} AND ({_OTHER_QUICK}) >= {MOST_QUICK})"
# Which rows there are, and by which transaction each was last written: it never returns to an earlier value.
STAMP = "(SELECT coalesce(md5(string_agg(id::text || ':' || xmin::text, ',' ORDER BY id)), '') FROM crm_customfield)"


def is_key(name: str) -> bool:
    """Whether a name can be the key of a custom field: no field of a model has such a name."""
    return name.startswith("c") and name[1:].isdecimal()


def add_choices(choices: list[dict[str, Any]], names: Iterable[str]) -> None:
    """Append a choice for each name, with a key that no other choice of the field has."""
    last = max((int(choice["key"][1:]) for choice in choices), default=0)
    choices += ({"key": f"o{number}", "name": name} for number, name in enumerate(names, last + 1))


class Derived(models.BooleanField):
    """A mark that follows from others, so the history doesn't record it."""

    derived = True

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.BooleanField", arguments, keywords


class CustomFieldQuerySet(RetirableQuerySet):
    def of(self, table: str):
        """Those of one record type that weren't deleted."""
        return self.filter(table_of=table, deleted=False)

    def quick(self):
        """Those in use that are quick to filter and sort."""
        return self.filter(quick=True, retired=False, deleted=False)

    def follow_undo(self, record, undoing, outcome) -> None:
        """Indexes are made and removed as the marks are now."""
        from crm.custom.indexes import prepare

        for table in (
            self.filter(pk__in=outcome.back.get("custom_field", []))
            .values_list("table_of", flat=True)
            .distinct()
        ):
            prepare(table, undoing.by)

    def in_order(self):
        return self.order_by("position", "id")

    def next_position(self) -> int:
        return (self.aggregate(last=models.Max("position"))["last"] or 0) + 1

    def take_back_created(self) -> list[int]:
        """A field that an undone operation created is deleted, unless records have a value in it."""
        from crm.custom.values import filled

        rows: Any = self
        unused = [row.pk for row in rows if not filled(row)]
        self.filter(pk__in=unused).update(deleted=True, retired=True)
        return unused


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
    first_value = models.CharField(_("default"), max_length=300, blank=True)
    section = models.CharField(_("section"), max_length=20, blank=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    unit = models.CharField(
        _("unit"), max_length=20, blank=True, help_text=_("Shown after the number, such as kg or %.")
    )
    # One object for each choice: {"key": "a", "name": "…", "retired": false}
    choices = models.JSONField(_("choices"), default=list, blank=True)
    roles = ArrayField(models.BigIntegerField(), verbose_name=_("visible to roles"), default=list, blank=True)
    deleted = models.BooleanField(default=False, editable=False)
    quick = models.BooleanField(
        _("quick to filter and sort"),
        default=False,
        help_text=_("Lists find and sort its values by an index, which takes space on the server’s disk."),
    )
    # Whether its index is there: only the job that makes and removes indexes writes it (crm/custom/indexes.py).
    indexed = Derived(default=False, db_default=False, editable=False)

    undo_guards: ClassVar = {
        "name": name_taken("crm_customfield", "g.table_of = t.table_of AND NOT g.deleted"),
        "quick": ("enough_quick", ENOUGH_QUICK),
    }

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
        triggers = tracked("custom_field")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return (self.name_ro if in_romanian() else "") or self.name

    @property
    def help_now(self) -> str:
        return (self.help_ro if in_romanian() else "") or self.help

    @property
    def key(self) -> str:
        """Its name in values, URLs and history."""
        return f"c{self.pk}"

    @property
    def has_choices(self) -> bool:
        return self.type in (self.Type.CHOICE, self.Type.CHOICES)


def in_romanian() -> bool:
    return (get_language() or "").startswith("ro")


class CustomValues(models.Model):
    """The custom values of a record as {"c12": value}, in a separate table: changes of other fields don't touch it. A
    record without values has no row.

    A record type has a subclass with `record`, a OneToOneField to its model that is the primary key, with the related
    name "custom_values".
    """

    record: Any
    values = models.JSONField(default=dict)

    class Meta:
        abstract = True
