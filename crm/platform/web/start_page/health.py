"""Health, a part of the administrators' start page: each app registers what it checks, and each problem is a sentence with a link."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.start_page.start_page_parts import DeferredPart, StartPagePart, register_start_part
from crm.templatetags.look import icon

# Administrators have it, so no one else is asked for their roles.
ALWAYS = "crm.view_auditentry"


@dataclass(frozen=True)
class HealthLine:
    """One sentence, and the page that it is about, '' if no page shows it. A note isn't a problem."""

    text: str
    path: str = ""
    is_problem: bool = True


Check = Callable[[], Iterable[HealthLine]]
CHECKS: list[tuple[int, Check]] = []


def register_health_check(place: int) -> Callable[[Check], Check]:
    """Registers what looks for problems, from the most urgent place: @health_check(20)."""

    def registered(check: Check) -> Check:
        CHECKS.append((place, check))
        return check

    return registered


def get_problems_and_notes() -> tuple[list[HealthLine], list[HealthLine]]:
    found = [line for _place, check in sorted(CHECKS, key=lambda one: one[0]) for line in check()]
    return [line for line in found if line.is_problem], [line for line in found if not line.is_problem]


@register_start_part(5, "health", deferred=True)
def build_health_part(user: Any) -> DeferredPart | None:
    if not (user.has_perm(ALWAYS) and user.is_administrator):
        return None
    return DeferredPart("health", _("Health"), _build_part)


def _build_part() -> StartPagePart:
    problems, notes = get_problems_and_notes()
    first = problems or [HealthLine(_("Everything works."), is_problem=False)]
    return StartPagePart(
        name="health", title=_("Health"), draw=_render_lines, lines=[*first, *notes], empty=""
    )


def _render_lines(lines: Sequence[HealthLine], _token: str) -> SafeString:
    return join_html(map(_render_line, lines))


def _render_line(line: HealthLine) -> SafeString:
    words = html('<a class="link" href="{}">{}</a>', line.path, line.text) if line.path else line.text
    marker = icon("warning" if line.is_problem else "done")
    tone = "negative" if line.is_problem else "soft"
    return html('<li><span class="{}">{}</span><div class="grow">{}</div></li>', tone, marker, words)
