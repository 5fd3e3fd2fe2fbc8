"""The settings tables whose rows can be selected, retired and exported: their lists and permissions."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Tag
from leads.models import AssignmentRule, LostReason, Pipeline, ScoreRule, Source, Status


@dataclass(frozen=True)
class SettingsTable:
    """`table` is its name in the history, `url` that of its list, `title` the heading of the list."""

    table: str
    model: Any
    url: str
    title: str | Promise

    def get_right(self, what: str) -> str:
        """The permission to "view", "add", "change" or "delete" such rows."""
        return self.model.get_right(what)

    def get_rights(self, user) -> set[str]:
        return {what for what in ("view", "add", "change", "delete") if user.has_perm(self.get_right(what))}


SETTINGS_TABLES = {
    "status": SettingsTable("status", Status, "leads:statuses", _("Lead statuses")),
    "source": SettingsTable("source", Source, "leads:sources", _("Lead sources")),
    "tag": SettingsTable("tag", Tag, "leads:tags", _("Tags")),
    "lost_reason": SettingsTable("lost_reason", LostReason, "leads:lost_reasons", _("Lost reasons")),
}

# Pipelines can't be selected: each is retired on its own page, because its leads have to go somewhere.
PIPELINES = SettingsTable("pipeline", Pipeline, "leads:pipelines", _("Pipelines"))


# Deleted one by one, and never selected.
ASSIGNMENT_RULES = SettingsTable("assignment_rule", AssignmentRule, "assignment:rules", _("Assignment rules"))
SCORE_RULES = SettingsTable("score_rule", ScoreRule, "scores:rules", _("Scores"))


def get_row_or_404(kind: SettingsTable, pk: int) -> Any:
    row = kind.model._default_manager.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
