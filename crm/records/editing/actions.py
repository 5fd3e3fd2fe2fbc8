"""The bulk actions of every record type: tags, delete, restore, delete permanently."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Tag
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.bulk_actions import BulkAction, NoForm
from crm.records.history import verbs


class TagsForm(Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.active().in_order(), label=_("Tags"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


ADD_TAGS = BulkAction(
    "tag", _("Add tags"), "tag", "change", TagsForm, lambda data, user: verbs.AddTags(tuple(data["tags"]))
)
REMOVE_TAGS = BulkAction(
    "untag",
    _("Remove tags"),
    "tag",
    "change",
    TagsForm,
    lambda data, user: verbs.RemoveTags(tuple(data["tags"])),
)
DELETE = BulkAction(
    "bin", _("Delete"), "bin", "delete", NoForm, lambda data, user: verbs.Delete(), dangerous=True
)
RESTORE = BulkAction(
    "restore",
    _("Restore"),
    "undo",
    "delete",
    NoForm,
    lambda data, user: verbs.Restore(),
    front=True,
    in_trash=True,
)
PURGE = BulkAction(
    "purge",
    _("Delete permanently"),
    "bin",
    "purge",
    NoForm,
    lambda data, user: verbs.Purge(),
    dangerous=True,
    in_trash=True,
)
