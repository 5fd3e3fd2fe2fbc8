"""The URLs of the lead screens: those of every record type, then those of leads only."""

from django.urls import include, path

from crm.records.urls import screens_of
from leads.views import change, known, stuck

app_name = "leads"
urlpatterns = [
    *screens_of("lead"),
    # The settings: statuses, sources, pipelines, tags, lost reasons, exchange rates
    path("", include("leads.settings.urls")),
    # One lead
    path("/known", known.known, name="known"),
    path("/stuck", stuck.stuck, name="stuck"),
    path("/<int:pk>/move", change.move, name="move"),
    path("/<int:pk>/fill-in", change.fill_in, name="fill_in"),
]
