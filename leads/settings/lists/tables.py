"""The Settings lists as django-tables2 tables. Each row counts its leads (`numbers`, by id)."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import Department
from crm.models import Tag
from crm.platform.configuration.company import get_company_currency
from crm.records.tables.tables import Column, RowHead, Table
from crm.templatetags.look import chip, in_hours, money, number, percent
from leads.models import LostReason, Pipeline, Source, Status
from leads.settings.lists.row_rendering import SettingsRows, render_row_head
from leads.statuses.reference_tables import join_field_labels


class StatusTable(SettingsRows, Table):
    order = Column(verbose_name=_lazy("Order"))
    label = RowHead(verbose_name=_lazy("Status"))
    pipeline = Column()
    kind = Column()
    probability = Column(end=True, priority=3)
    hue = Column(end=True, priority=3)
    most_days = Column(end=True)
    required_fields = Column(orderable=False, priority=2)
    next_action_prompt = Column(priority=3)
    leads = Column(verbose_name=_lazy("Records"), end=True, first_down=True)
    edit = Column(verbose_name=_lazy("Actions"), orderable=False, quiet=True, end=True)

    class Meta:
        model = Status
        fields: tuple = ()

    def render_label(self, record):
        head = render_row_head(
            reverse("leads:status", args=[record.pk]), chip(record), retired=record.retired
        )
        if not record.is_default:
            return head
        words = _("default for new deals") if record.pipeline.is_for_deals else _("default for new leads")
        return format_html('{} <small class="soft">{}</small>', head, words)

    def render_pipeline(self, record):
        return record.pipeline

    def render_kind(self, record):
        return format_html('<span class="soft">{}</span>', describe_kind(record))

    def render_probability(self, record):
        return "" if record.probability is None else percent(record.probability)

    def render_hue(self, record):
        words = format_html('<span class="visually-hidden">{}</span>', record.get_hue_display())
        return format_html('<span class="swatch" data-hue="{}"></span>{}', record.hue, words)

    def render_most_days(self, record):
        if record.pipeline.is_for_deals:
            return ""
        if record.most_days is None:
            return format_html('<span class="soft">{}</span>', _("no limit"))
        return ngettext("%(days)s day", "%(days)s days", record.most_days) % {
            "days": number(record.most_days)
        }

    def render_required_fields(self, record):
        return describe_requirements(record)

    def render_next_action_prompt(self, record):
        return record.prompt

    def render_leads(self, record):
        return self.render_leads_link(record, "status")

    def render_edit(self, record):
        return self.render_buttons(
            self.render_obstacle(record),
            self.edit_button(record, "leads:status_edit"),
            self.merge_button(record),
            self.retire_button(record),
        )


def describe_kind(status: Status) -> str:
    """ "proposal", "won, closed"."""
    kind = status.get_kind_display()
    return kind if status.is_open else _("%(kind)s, closed") % {"kind": kind}


def describe_requirements(status: Status) -> str:
    """What must be filled before a record enters, including a lost reason."""
    reason = [_("reason")] if status.needs_reason else []
    labels = join_field_labels(status.required_fields, status.pipeline.kind.model)
    return ", ".join(filter(None, [labels, *reason]))


def get_next_statuses(status: Status) -> list[Status]:
    """Where leads may go from here; empty if anywhere."""
    return list(Status.objects.reachable_from(status).in_order()) if status.next_statuses else []


class SourceTable(SettingsRows, Table):
    """`costs` is what each source cost in the current year, by id."""

    order = Column(verbose_name=_lazy("Order"))
    label = RowHead(verbose_name=_lazy("Source"))
    kind = Column()
    contact_within = Column(end=True, priority=2)
    cost = Column(verbose_name=_lazy("Cost this year"), end=True, first_down=True)
    leads = Column(verbose_name=_lazy("Leads"), end=True, first_down=True)
    edit = Column(verbose_name=_lazy("Actions"), orderable=False, quiet=True, end=True)

    class Meta:
        model = Source
        fields: tuple = ()

    def __init__(self, data, *, costs: dict, **keywords) -> None:
        self.costs = costs
        super().__init__(data, **keywords)

    def render_label(self, record):
        return render_row_head(
            reverse("leads:source", args=[record.pk]), chip(record), retired=record.retired
        )

    def render_kind(self, record):
        return format_html('<span class="soft">{}</span>', record.get_kind_display())

    def render_contact_within(self, record):
        if record.contact_within is None:
            return format_html('<span class="soft">{}</span>', _("as the department"))
        return in_hours(record.contact_within)

    def render_cost(self, record):
        return money(self.costs.get(record.pk), get_company_currency())

    def render_leads(self, record):
        return self.render_leads_link(record, "source")

    def render_edit(self, record):
        return self.render_buttons(
            self.render_obstacle(record),
            self.edit_button(record, "leads:source_edit"),
            self.merge_button(record),
            self.retire_button(record),
        )


class PipelineTable(SettingsRows, Table):
    order = Column(verbose_name=_lazy("Order"))
    label = RowHead(verbose_name=_lazy("Pipeline"))
    purpose = Column(orderable=False)
    statuses = Column(verbose_name=_lazy("Statuses"), orderable=False)
    departments = Column(orderable=False, priority=2)
    leads = Column(verbose_name=_lazy("Records"), end=True, first_down=True)
    edit = Column(verbose_name=_lazy("Edit"), orderable=False, quiet=True, end=True)

    class Meta:
        model = Pipeline
        fields: tuple = ()

    def __init__(self, data, *, statuses: dict[int, list[Status]], **keywords) -> None:
        self.statuses_of = statuses
        self.names = dict(Department.objects.values_list("pk", "name"))
        super().__init__(data, **keywords)

    def render_label(self, record):
        if "change" not in self.rights:
            return record.label
        address = reverse("leads:pipeline_edit", args=[record.pk])
        return render_row_head(address, format_html("<b>{}</b>", record.label), retired=record.retired)

    def render_purpose(self, record):
        return record.get_purpose_display()

    def render_statuses(self, record):
        chips = ((chip(status),) for status in self.statuses_of.get(record.pk, []))
        return format_html('<span class="tags">{}</span>', format_html_join(" ", "{}", chips))

    def render_departments(self, record):
        return ", ".join(self.names[pk] for pk in record.departments if pk in self.names)

    def render_leads(self, record):
        return self.render_leads_link(record, "pipeline")

    def render_edit(self, record):
        if "delete" not in self.rights or record.retired:
            return ""
        words = _("Retire %(name)s") % {"name": record.label}
        return self.render_button(reverse("leads:pipeline_retire", args=[record.pk]), _("Retire…"), words)


class TagTable(SettingsRows, Table):
    order = Column(verbose_name=_lazy("Order"))
    label = RowHead(verbose_name=_lazy("Tag"))
    leads = Column(verbose_name=_lazy("Leads"), end=True, first_down=True)
    edit = Column(verbose_name=_lazy("Actions"), orderable=False, quiet=True, end=True)

    class Meta:
        model = Tag
        fields: tuple = ()

    def render_label(self, record):
        inside = format_html('<span class="chip">{}</span>', record.name)
        if "change" not in self.rights:
            return inside
        return render_row_head(reverse("leads:tag_edit", args=[record.pk]), inside, retired=record.retired)

    def render_leads(self, record):
        return self.render_leads_link(record, "tags")

    def render_edit(self, record):
        return self.render_buttons(
            self.render_obstacle(record),
            self.rename_button(record, "leads:tag_edit"),
            self.merge_button(record),
            self.retire_button(record),
        )


class LostReasonTable(SettingsRows, Table):
    order = Column(verbose_name=_lazy("Order"))
    label = RowHead(verbose_name=_lazy("Reason"))
    leads = Column(verbose_name=_lazy("Leads"), end=True, first_down=True)
    edit = Column(verbose_name=_lazy("Actions"), orderable=False, quiet=True, end=True)

    class Meta:
        model = LostReason
        fields: tuple = ()

    def render_label(self, record):
        note = ""
        if record.given_by_api:
            note = format_html(
                ' <small class="soft">{}</small>', _("used when an API call doesn’t specify a reason")
            )
        if "change" not in self.rights:
            return format_html("{}{}", record.label, note)
        address = reverse("leads:lost_reason_edit", args=[record.pk])
        return format_html("{}{}", render_row_head(address, record.label, retired=record.retired), note)

    def render_leads(self, record):
        return self.render_leads_link(record, "lost_reason")

    def render_edit(self, record):
        return self.render_buttons(
            self.render_obstacle(record),
            self.rename_button(record, "leads:lost_reason_edit"),
            self.merge_button(record, "change"),
            self.retire_button(record),
        )
