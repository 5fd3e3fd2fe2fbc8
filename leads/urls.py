"""The URLs of the lead screens: those of every record type, then those of leads only."""

from django.urls import URLPattern, include, path

from crm.kind_urls import build_board_urls, build_kind_urls
from leads.assignment.views import rule_conditions
from leads.scores.views import score_conditions
from leads.views import move_lead, queue, stuck_leads

app_name = "leads"


def build_pipeline_urls(name: str) -> list[URLPattern]:
    """The URLs of a record type whose records move through pipelines."""
    kind = {"kind": name}
    return [
        path("/<int:pk>/move", move_lead.move, kind, name="move"),
        path("/<int:pk>/fill-in", move_lead.fill_in, kind, name="fill_in"),
    ]


urlpatterns = [
    *build_kind_urls("lead"),
    *build_board_urls("lead"),
    # The settings: statuses, sources, pipelines, tags, lost reasons, exchange rates
    path("", include("leads.settings.urls")),
    # One lead
    path("/rule-conditions", rule_conditions.rule_conditions, name="rule_conditions"),
    path("/score-conditions", score_conditions.score_conditions, name="score_conditions"),
    path("/stuck", stuck_leads.stuck_leads, name="stuck"),
    path("/queue", queue.queue, name="queue"),
    path("/queue/claim", queue.claim, name="queue_claim"),
    path("/queue/undo", queue.undo_last, name="queue_undo"),
    path("/queue/skipped", queue.restore_skipped, name="queue_skipped"),
    path("/queue/<int:pk>/outcome", queue.save_outcome, name="queue_outcome"),
    path("/queue/<int:pk>/skip", queue.skip, name="queue_skip"),
    *build_pipeline_urls("lead"),
]
