"""The cards of leads on their board: company, next action, value, time in the status, score, owner."""

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.records.tables.boards.cards import Cards
from crm.templatetags.look import due_words, how_long, icon, money, number, repeated_icon, when_due
from leads.stuck.stuck_leads import get_stuck_ids


class LeadCards(Cards):
    icons = (*Cards.icons, "chart")

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.now, self.next_action_words, self.nothing = timezone.now(), _("Next action"), _("No next action")

    def is_late(self, record):
        return record.pk in self.once("stuck", draw=lambda: get_stuck_ids(self.records.values()))

    def render_below_name(self, record):
        return record.company if record.company != record.shown_name else record.email

    def render_lines(self, record):
        day, words = record.next_action_on, record.next_action
        if not day:
            return html("<span class=due><small>{}</small></span>", words or self.nothing)
        when = self.once("when", day, draw=lambda: when_due(day))
        due = self.once("day", day, draw=lambda: escape_value(due_words(day)))
        # All of it is HTML already.
        return join_html(
            [
                f'<span class=due data-when="{when}"><span>{escape_value(words or self.next_action_words)}</span>'
                f"<small>{due}</small></span>"
            ]
        )

    def render_foot(self, record):
        worth = (
            html("<b class=number>{}</b>", money(record.value, record.currency))
            if record.value is not None
            else ""
        )
        return join_html(
            [worth, self.render_age(record), self.render_score(record), self.render_owner(record)]
        )

    def render_age(self, record):
        passed = (self.now - record.status_since).days
        days = self.once("days", passed, draw=lambda: how_long(record.status_since))
        if not self.is_late(record):
            return html("<span class=age>{}</span>", days)
        late = "<span class=age data-stale>{}{}<span class=visually-hidden>, {}</span></span>"
        return html(late, repeated_icon("clock"), days, _("too long"))

    def render_score(self, record):
        """A score of 0 tells nothing, and without rules all leads have it."""
        return self.once("score", record.score, draw=lambda: _render_score(record.score))

    def render_owner(self, record):
        return self.once("owner", record.owner_id, draw=lambda: _render_initials(record.owner))


def _render_score(score):
    if not score:
        return ""
    shown = number(score).replace("-", "−")
    # A sign in place of the word: with it, value, age and owner wouldn't fit in one line.
    form = '<span class=age title="{}">{}<span aria-hidden=true>{}</span><span class=visually-hidden>{}</span></span>'
    words = _("Score %(score)s") % {"score": shown}
    return html(form, words, repeated_icon("chart"), shown, words)


def _render_initials(owner):
    if owner is None:
        words = _("Unassigned")
        form = '<span class=avatar title="{}" aria-hidden=true>{}</span><span class=visually-hidden>{}</span>'
        return html(form, words, icon("person"), words)
    form = '<span class=avatar data-hue="{}" title="{}" aria-hidden=true>{}</span><span class=visually-hidden>{}</span>'
    return html(form, owner.hue, owner.name, owner.initials, owner.name)
