"""The URLs of the lead screens: those of every record type, then those of leads only."""

from django.urls import include, path

from crm.records.urls import screens_of, screens_of_board
from leads.views import change, known, queue, stuck

app_name = "leads"
urlpatterns = [
    *screens_of("lead"),
    *screens_of_board("lead"),
    # The settings: statuses, sources, pipelines, tags, lost reasons, exchange rates
    path("", include("leads.settings.urls")),
    # One lead
    path("/known", known.known, name="known"),
    path("/stuck", stuck.stuck, name="stuck"),
    path("/queue", queue.queue, name="queue"),
    path("/queue/claim", queue.claim, name="queue_claim"),
    path("/queue/undo", queue.undo_last, name="queue_undo"),
    path("/queue/skipped", queue.skipped, name="queue_skipped"),
    path("/queue/<int:pk>/outcome", queue.outcome, name="queue_outcome"),
    path("/queue/<int:pk>/skip", queue.skip, name="queue_skip"),
    path("/<int:pk>/move", change.move, name="move"),
    path("/<int:pk>/fill-in", change.fill_in, name="fill_in"),
]
