"""The demo on Today: administrators can start with their own data once they have seen it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.company.demo_removal import is_demo_there
from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.start_page.setup_steps import RIGHT
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)


@register_start_part(90, "demo", deferred=True)
def build_demo_part(user: Any) -> DeferredPart | None:
    """Only in demo mode, so that others don't ask for it."""
    if not settings.DEMO or not user.has_perm(RIGHT):
        return None
    return DeferredPart("demo", _("This is a demo"), _build_part)


def _build_part() -> StartPagePart | None:
    if not is_demo_there():
        return None
    return StartPagePart(
        name="demo",
        title=_("This is a demo"),
        draw=_render_lines,
        lines=[
            _(
                "Its people, companies and leads are made up. Remove them once you want to start with your own data."
            )
        ],
        empty="",
        all=ListLink(_("Remove the demo"), reverse("demo_removal")),
    )


def _render_lines(lines: Sequence[str], _token: str) -> SafeString:
    return join_html(html('<li><div class="grow">{}</div></li>', line) for line in lines)
