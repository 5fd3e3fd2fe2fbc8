"""Changes of custom fields as operations: their names in words, and the permission that each requires, also for its
undo."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import CustomField
from crm.records.change import Verb


def labels(ids: list[int]) -> str:
    rows = CustomField.objects.in_bulk(ids)
    return ", ".join(rows[pk].label for pk in ids if pk in rows)


class OfFields:
    """What the verbs share, which are only for names and permissions: the forms write."""

    icon = "settings"
    action: ClassVar[str]

    @classmethod
    def right(cls, model: Any) -> str:
        return CustomField.right(cls.action)


class AddField(OfFields, Verb):
    kind = "add_custom_field"
    action = "add"
    title = _lazy("Add a custom field")

    @classmethod
    def words(cls, parameters, kind):
        name = labels(parameters.get("rows", []))
        return _("Add custom field %(name)s") % {"name": name} if name else str(cls.title)


class EditField(OfFields, Verb):
    kind = "edit_custom_field"
    action = "change"
    title = _lazy("Edit a custom field")

    @classmethod
    def words(cls, parameters, kind):
        if parameters.get("act") == "order":
            return _("Reorder custom fields")
        name = labels(parameters.get("rows", []))
        return _("Edit custom field %(name)s") % {"name": name} if name else str(cls.title)


class DeleteField(OfFields, Verb):
    kind = "delete_custom_field"
    action = "delete"
    title = _lazy("Delete a custom field")

    @classmethod
    def words(cls, parameters, kind):
        name = labels(parameters.get("rows", []))
        return _("Delete custom field %(name)s") % {"name": name} if name else str(cls.title)
