"""The tables of fields in Settings: one for each section."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.custom.values.field_registry import get_field_by_key, is_computed
from crm.fields.percentages import format_share
from crm.models import CustomField
from crm.platform.web.rendering.html_building import html, join_html
from crm.records.custom_fields.field_list import ListedField
from crm.records.custom_fields.forms.access import describe_limits
from crm.records.editing.row_order import order_buttons
from crm.records.tables.tables import Column, RowHead, Table
from crm.templatetags.look import number


class FieldTable(Table):
    order = Column(verbose_name=_lazy("Order"), orderable=False)
    name = RowHead(verbose_name=_lazy("label"), orderable=False)
    type = Column(orderable=False)
    filled = Column(verbose_name=_lazy("filled in"), end=True, orderable=False)
    used = Column(verbose_name=_lazy("used by"), orderable=False, priority=2)
    delete = Column(verbose_name=_lazy("Actions"), orderable=False, end=True, quiet=True)

    labelled = True

    class Meta:
        model = CustomField
        fields = ["order", "name", "type", "filled", "used", "delete"]

    def __init__(self, data: Sequence[ListedField], *, total: int, rights: set[str], **keywords) -> None:
        """`total` is the number of records."""
        self.total, self.rights = total, rights
        super().__init__(data, sort="name", **keywords)

    def render_name(self, record: ListedField):
        name = record.label
        if "change" in self.rights:
            page = "field_edit" if record.definition else "built_in_field"
            address = record.kind.get_url(page, record.definition.pk if record.definition else record.name)
            name = html('<a class="whole" href="{}">{}</a>', address, name)
        return join_html(
            [
                html("{}", name),
                *(html(' <span class="chip">{}</span>', mark) for mark in get_label_marks(record)),
            ]
        )

    def render_order(self, record: ListedField):
        return order_buttons(record, first=record.first, last=record.last)

    def render_type(self, record: ListedField):
        origin = _("custom") if record.definition else _("built-in")
        return html('<span>{} <small class="soft">{}</small></span>', record.type_name, origin)

    def render_filled(self, record: ListedField):
        if record.filled is None:
            return ""
        share = format_share(record.filled, self.total)
        return html('<span>{} <small class="soft">{}</small></span>', number(record.filled), share)

    def render_used(self, record: ListedField):
        return ", ".join(record.used_by)

    def render_delete(self, record: ListedField):
        definition = record.definition
        if definition is None or "delete" not in self.rights:
            return ""
        words = _("Delete %(name)s…") % {"name": definition.label}
        return html(
            '<a class="button" data-size="small" href="{}" aria-label="{}">{}</a>',
            record.kind.get_url("field_delete", definition.pk),
            words,
            _("Delete…"),
        )


def get_label_marks(record: ListedField) -> list[str]:
    """What is said next to the label."""
    marks = [_("required")] if record.is_required else []
    marks += [_("unique")] if record.definition and record.definition.is_unique else []
    marks += [_("not computed")] if record.definition and _is_broken(record.definition) else []
    marks += [_("changed")] if record.row else []
    marks += [_("retired")] if record.is_retired else []
    return marks + (describe_limits(record.kind, record.definition) if record.definition else [])


def _is_broken(definition: CustomField) -> bool:
    """Whether it is a formula that can't be computed, for example because a field that it uses was deleted."""
    field = get_field_by_key(definition.key)
    return bool(field and is_computed(field) and field.formula.problem)
