"""Draws the lines of the page of stuck leads in one pass: a template takes several times as long."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.templatetags.look import chip, icon, number
from leads.stuck.stuck_leads import StuckGroup, StuckLine


class StuckLines:
    """The lines of one page; `may_select` says that its reader can do something with the selected ones."""

    def __init__(self, *, may_select: bool) -> None:
        self.may_select, self.path, self.clock = may_select, reverse("leads:list"), icon("clock")
        self.tick = _("%(owner)s, %(status)s")
        self.chips: dict[int, SafeString] = {}

    def render_group(self, group: StuckGroup) -> SafeString:
        return join_html(part for line in group.lines for part in self._render_line(group, line))

    def _render_line(self, group: StuckGroup, line: StuckLine) -> Iterable[Any]:
        yield "<li>"
        if self.may_select:
            label = self.tick % {"owner": group.name, "status": line.status.label}
            form = '<input class="tick" type="checkbox" name="line" value="{}" id="line-{}" aria-label="{}">'
            yield html(form, line.value, line.value, label)
        if line.status.pk not in self.chips:
            self.chips[line.status.pk] = chip(line.status)
        yield self.chips[line.status.pk]
        yield html(
            '<span class="grow nowrap"><a class="link" href="{}">{}</a></span>',
            f"{self.path}?{line.query}",
            ngettext("%(number)s lead", "%(number)s leads", line.count) % {"number": line.count_text},
        )
        yield f'<span class="age" data-stale>{self.clock}{escape_value(_format_age(line))}</span></li>'


def _format_age(line: StuckLine) -> str:
    days = line.days
    words = ngettext("up to %(days)s day, limit %(limit)s", "up to %(days)s days, limit %(limit)s", days)
    return words % {"days": number(days), "limit": number(line.status.most_days)}
