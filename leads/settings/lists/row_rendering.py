"""What the tables of the Settings lists share: how a row begins, its number of leads, its buttons."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from crm.platform.models.retirable import get_retirement_obstacle
from crm.records.editing.row_order import order_buttons
from crm.templatetags.look import number


def _get_sort_group(row) -> object:
    """Statuses are sorted within their pipeline, and pipelines among those for the same records."""
    return getattr(row, "pipeline_id", None) or getattr(row, "purpose", None)


class SettingsRows:
    """`rights` are the reader's permissions: "change", "delete". `all_rows` are those of all pages, in order."""

    labelled = True

    def __init__(
        self,
        data: list,
        *,
        numbers: dict[int, int],
        rights: set[str],
        all_rows: list | None = None,
        **keywords,
    ) -> None:
        self.numbers, self.rights = numbers, rights
        rows = all_rows or data
        self.last = set({_get_sort_group(row): row.pk for row in rows}.values())
        self.first = set({_get_sort_group(row): row.pk for row in reversed(rows)}.values())
        super().__init__(data, **keywords)  # type: ignore[call-arg]

    def render_order(self, record):
        return order_buttons(record, first=record.pk in self.first, last=record.pk in self.last)

    def render_leads_link(self, record, parameter: str):
        count = self.numbers.get(record.pk, 0)
        if not count:
            return mark_safe('<span class="soft">0</span>')
        pipeline = record if record.table == "pipeline" else getattr(record, "pipeline", None)
        records = pipeline.kind.list_url if pipeline else reverse("leads:list")
        address = f"{records}?{parameter}={record.pk}"
        return format_html('<a class="link" href="{}">{}</a>', address, number(count))

    def merge_button(self, record, right: str = "delete"):
        if right not in self.rights or get_retirement_obstacle(record):
            return ""
        address = f"{reverse('leads:settings_merge', kwargs={'table': record.table})}?row={record.pk}"
        return self.render_button(
            address, _("Merge…"), _("Merge %(name)s into another one") % {"name": record.label}
        )

    def retire_button(self, record):
        """Leads to the preview, as for several rows; a retired one can be used again."""
        if "change" not in self.rights or get_retirement_obstacle(record):
            return ""
        action = "activate" if record.retired else "retire"
        bulk = reverse("leads:settings_bulk", kwargs={"table": record.table})
        address, name = f"{bulk}?action={action}&row={record.pk}", {"name": record.label}
        if record.retired:
            return self.render_button(address, _("Activate…"), _("Activate %(name)s") % name)
        return self.render_button(address, _("Retire…"), _("Retire %(name)s") % name)

    def render_obstacle(self, record):
        """Why a row has neither of these buttons, for those who would have them."""
        if not get_retirement_obstacle(record) or not self.rights & {"change", "delete"}:
            return ""
        words = (
            _("The default can’t be merged or retired.")
            if getattr(record, "is_default", False)
            else _("The API uses it, so it can’t be merged or retired.")
        )
        return format_html('<small class="soft why">{}</small>', words)

    def edit_button(self, record, name: str):
        if "change" not in self.rights:
            return ""
        words = _("Edit %(name)s") % {"name": record.label}
        return self.render_button(reverse(name, args=[record.pk]), _("Edit"), words)

    def rename_button(self, record, name: str):
        if "change" not in self.rights:
            return ""
        words = _("Rename %(name)s") % {"name": record.label}
        return self.render_button(reverse(name, args=[record.pk]), _("Rename"), words)

    def render_buttons(self, *found):
        return format_html(
            '<span class="nowrap">{}</span>', format_html_join(" ", "{}", ((one,) for one in found if one))
        )

    def render_button(self, address: str, words: str, label: str):
        return format_html(
            '<a class="button" data-size="small" href="{}" aria-label="{}">{}</a>', address, label, words
        )


def render_row_head(address: str, inside, *, retired: bool):
    """The name of a row: a link that covers the whole row; a retired one says so."""
    mark = format_html(' <span class="chip">{}</span>', _("retired")) if retired else ""
    return format_html('<a class="whole" href="{}">{}</a>{}', address, inside, mark)
