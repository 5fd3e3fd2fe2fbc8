"""Changes of custom fields as operations: their names in words, and the permission that each requires, also for its
undo."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.schemas import SCHEMAS
from crm.models import CustomField
from crm.records.history.verb_execution import Verb


def join_field_labels(ids: list[int]) -> str:
    rows = CustomField.objects.in_bulk(ids)
    return ", ".join(rows[pk].label for pk in ids if pk in rows)


class OfFields:
    """What the verbs share, which are only for names and permissions: the forms write. `named` is their name with the
    fields."""

    icon = "settings"
    changes_settings = True
    action: ClassVar[str]
    title: ClassVar[Any]
    named: ClassVar[Any]

    @classmethod
    def get_right(cls, model: Any) -> str:
        return CustomField.get_right(cls.action)

    @classmethod
    def get_label(cls, parameters: dict[str, Any], kind: Any) -> str:
        name = join_field_labels(parameters.get("rows", []))
        return cls.named % {"name": name} if name else str(cls.title)


class AddField(OfFields, Verb):
    kind = "add_custom_field"
    action = "add"
    title = _lazy("Add a custom field")
    named = _lazy("Add custom field %(name)s")


class EditField(OfFields, Verb):
    kind = "edit_custom_field"
    action = "change"
    title = _lazy("Edit a custom field")
    named = _lazy("Edit custom field %(name)s")

    @classmethod
    def get_label(cls, parameters, kind):
        if parameters.get("act") == "order":
            return _("Reorder fields")
        return super().get_label(parameters, kind)


class RetypeField(OfFields, Verb):
    kind = "retype_custom_field"
    action = "change"
    title = _lazy("Change the type of a custom field")
    named = _lazy("Change the type of custom field %(name)s")


class MergeChoices(OfFields, Verb):
    kind = "merge_custom_choices"
    action = "change"
    title = _lazy("Merge choices of a custom field")
    named = _lazy("Merge choices of custom field %(name)s")


class DeleteField(OfFields, Verb):
    kind = "delete_custom_field"
    action = "delete"
    title = _lazy("Delete a custom field")
    named = _lazy("Delete custom field %(name)s")


class EditBuiltInField(OfFields, Verb):
    kind = "edit_built_in_field"
    action = "change"
    title = _lazy("Edit a built-in field")
    named = _lazy("Edit field %(name)s")

    @classmethod
    def get_label(cls, parameters, kind):
        of = SCHEMAS.get(parameters.get("of", ""))
        name = of.get_joined_labels(parameters.get("fields", [])) if of else ""
        return (_("Reset field %(name)s") if parameters.get("act") == "reset" else cls.named) % {"name": name}
