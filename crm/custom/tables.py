"""The table of custom fields in Settings."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.custom.fields import is_computed
from crm.custom.usage import views_by_key
from crm.models import CustomField
from crm.records.kinds import Kind
from crm.records.order import order_buttons
from crm.records.tables import Column, RowHead, Table
from crm.templatetags.look import number
from crm.web.markup import html


class CustomFieldTable(Table):
    order = Column(verbose_name=_lazy("Order"), orderable=False)
    name = RowHead(verbose_name=_lazy("label"), orderable=False)
    type = Column(orderable=False)
    section = Column(orderable=False, priority=2)
    filled = Column(verbose_name=_lazy("filled in"), end=True, orderable=False)
    views = Column(verbose_name=_lazy("saved views"), end=True, orderable=False, priority=2)
    delete = Column(verbose_name=_lazy("Delete"), orderable=False, end=True)

    labelled = True

    class Meta:
        model = CustomField
        fields = ["order", "name", "type", "section", "filled", "views", "delete"]

    def __init__(
        self, data, *, kind: Kind, usage: tuple[dict[str, int], int], user, rights: set[str], **keywords
    ) -> None:
        """`usage` are the numbers of records with a value, by key, and of all records."""
        self.kind, self.rights = kind, rights
        self.naming = views_by_key(kind.model.table, [row.key for row in data], user)
        self.numbers, self.total = usage
        self.problems = {field.name: field.formula.problem for field in kind.custom() if is_computed(field)}
        self.problems = {name: problem for name, problem in self.problems.items() if problem}
        # Like in the other settings lists, rows move past retired ones.
        used = [row.pk for row in data if not row.retired] or [0]
        self.first, self.last = used[0], used[-1]
        super().__init__(data, sort="name", **keywords)

    def render_name(self, record):
        marks = [_("required")] if record.required else []
        marks += [_("retired")] if record.retired else []
        marks += [_("not computed")] if record.key in self.problems else []
        chips = [html(' <span class="chip">{}</span>', mark) for mark in marks]
        name = record.label
        if "change" in self.rights:
            name = html('<a class="whole" href="{}">{}</a>', self.kind.url("field_edit", record.pk), name)
        return html("{}{}", name, html("{}" * len(chips), *chips) if chips else "")

    def render_order(self, record):
        return order_buttons(record, first=record.pk == self.first, last=record.pk == self.last)

    def render_type(self, record):
        return capfirst(record.get_type_display())

    def render_section(self, record):
        return self.kind.cards.get(record.section, _("Additional details"))

    def render_filled(self, record):
        if record.is_computed:
            return ""
        filled = self.numbers.get(record.key, 0)
        share = round(100 * filled / self.total) if self.total else 0
        return html('{} <small class="soft">{}%</small>', number(filled), share)

    def render_views(self, record):
        return number(self.naming[record.key])

    def render_delete(self, record):
        words = _("Delete %(name)s…") % {"name": record.label}
        return html(
            '<a class="button" data-size="small" href="{}" aria-label="{}">{}</a>',
            self.kind.url("field_delete", record.pk),
            words,
            _("Delete…"),
        )
