"""The checklist of the first hour on Today."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.start_page.setup_steps import (
    SetupLine,
    get_waiting_setup_lines,
)
from crm.platform.web.start_page.start_page_parts import ListLink, StartPagePart, register_start_part
from crm.templatetags.look import icon, number


@register_start_part(0, "setup")
def build_setup_part(user: Any) -> StartPagePart | None:
    lines = get_waiting_setup_lines(user)
    if not lines:
        return None
    left = sum(line.is_open for line in lines)
    path = reverse("setup")
    words = ngettext("%(number)s step left", "%(number)s steps left", left) % {"number": number(left)}
    return StartPagePart(
        name="setup",
        title=_("Set up Leadwell"),
        draw=_render_lines,
        lines=lines,
        empty="",
        counts=[ListLink(words, path)],
        all=ListLink(_("View or hide the checklist"), path),
    )


def _render_lines(lines: Sequence[SetupLine], _token: str) -> SafeString:
    return join_html(map(_render_line, lines))


def _render_line(line: SetupLine) -> SafeString:
    """A step that is left is a link; the others say why they aren't."""
    step = line.step
    if line.is_open:
        words = html(
            '<a class="link" href="{}">{}</a> <small class="soft">{}</small>',
            line.pages[0].path,
            step.title,
            step.text,
        )
        return html('<li><span class="soft">{}</span><div class="grow">{}</div></li>', icon("next"), words)
    state = _("Done") if line.is_done else _("Skipped")
    marker = icon("done" if line.is_done else "repeat")
    words = html('<span class="soft">{}</span> <small class="soft">{}</small>', step.title, state)
    return html('<li><span class="soft">{}</span><div class="grow">{}</div></li>', marker, words)
