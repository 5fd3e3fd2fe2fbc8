"""How far the round under way has come, for the page of the rules, and what lists say until it is done."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX
from crm.records.listing.record_list import RecordList
from leads.models import Lead, ScoreState

SCORE = "score"


@dataclass(frozen=True)
class ScoringRound:
    """`percent` is from 0 to 99. Of a round that was stopped, `left` is how many of `total` leads it hasn't come to."""

    percent: int
    is_stopped: bool = False
    left: int = 0
    total: int = 0


def get_scoring_round() -> ScoringRound | None:
    """That under way, or the one that was stopped; None if all leads have been scored."""
    state = ScoreState.get_current()
    if state is None or state.scored_to is None:
        return None
    newest = Lead.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
    percent = min(99, 100 * state.scored_to // newest)
    if not state.stopped:
        return ScoringRound(percent)
    left = Lead.objects.filter(pk__gt=state.scored_to).count()
    return ScoringRound(percent, True, left, Lead.objects.count())


def get_scoring_note(listing: RecordList, columns: Collection[str]) -> str:
    """What a list that shows, sorts or filters by score says while not all scores are those of today; else ''."""
    names = {name.removeprefix(ALTERNATIVE_PREFIX).partition(".")[0] for name in listing.data}
    if SCORE not in {*columns, *names, listing.sort.removeprefix("-")}:
        return ""
    state = ScoreState.get_current()
    if state is None or state.scored_to is None:
        return ""
    return _("Not all scores are up to date.") if state.stopped else _("Scores are being counted.")
