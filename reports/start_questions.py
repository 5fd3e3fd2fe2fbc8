"""What managers ask every day, on the start page of those who assign leads: each question leads to its report."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.start_page.start_page_parts import StartPagePart, register_start_part
from reports.standard_reports import BY_NAME, may_view_report

OF_MANAGERS = ["leads.view_lead", "leads.assign_lead", "reports.view_report"]
# The report that answers each question.
QUESTIONS: dict[str, Promise] = {
    "untouched": _lazy("Whose leads has no one touched for a week?"),
    "incoming": _lazy("Which leads came in today, and where did they go?"),
    "changes": _lazy("What has changed in the pipeline since Monday?"),
    "first_contact": _lazy("Whose first contact is late?"),
}


@register_start_part(11, "questions")
def build_questions_part(user: User) -> StartPagePart | None:
    if not user.has_perms(OF_MANAGERS):
        return None
    names = [name for name in QUESTIONS if may_view_report(BY_NAME[name], user)]
    return StartPagePart(name="questions", title=_("Questions"), draw=_render_links, lines=names, empty="")


def _render_links(names: Sequence[str], _token: str) -> SafeString:
    line = '<li><span class="grow"><a class="link" href="{}">{}</a></span></li>'
    return join_html(html(line, reverse("reports:report", args=[name]), QUESTIONS[name]) for name in names)
