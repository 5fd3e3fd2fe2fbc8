"""The table of custom fields in Settings."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import CustomField
from crm.records.kinds import Kind
from crm.records.tables import Column, RowHead, Table
from crm.templatetags.look import number
from crm.web.markup import html


class CustomFieldTable(Table):
    name = RowHead(verbose_name=_lazy("label"), orderable=False)
    type = Column(orderable=False)
    section = Column(orderable=False, priority=3)
    filled = Column(verbose_name=_lazy("filled in"), end=True, orderable=False)
    delete = Column(verbose_name=_lazy("Delete"), quiet=False, orderable=False)

    labelled = True

    class Meta:
        model = CustomField
        fields = ["name", "type", "section", "filled", "delete"]

    def __init__(self, data, *, kind: Kind, numbers: dict[str, int], rights: set[str], **keywords) -> None:
        self.kind, self.numbers, self.rights = kind, numbers, rights
        super().__init__(data, sort="name", **keywords)

    def render_name(self, record):
        marks = [_("required")] if record.required else []
        marks += [_("retired")] if record.retired else []
        chips = [html(' <span class="chip">{}</span>', mark) for mark in marks]
        name = record.label
        if "change" in self.rights:
            name = html('<a class="whole" href="{}">{}</a>', self.kind.url("field_edit", record.pk), name)
        return html("{}{}", name, html("{}" * len(chips), *chips) if chips else "")

    def render_type(self, record):
        return capfirst(record.get_type_display())

    def render_section(self, record):
        return self.kind.cards.get(record.section, _("Additional details"))

    def render_filled(self, record):
        return number(self.numbers.get(record.key, 0))

    def render_delete(self, record):
        words = _("Delete %(name)s…") % {"name": record.label}
        return html(
            '<a class="button" data-size="small" href="{}" aria-label="{}">{}</a>',
            self.kind.url("field_delete", record.pk),
            words,
            _("Delete…"),
        )
