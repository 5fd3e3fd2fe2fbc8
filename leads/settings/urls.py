"""The table of contents of the settings of leads; part of leads/urls.py."""

from django.urls import path

from leads.views import (
    settings_bulk,
    settings_delete,
    source,
    source_cost,
    source_form,
    sources,
    status,
    status_form,
    statuses,
)

urlpatterns = [
    path("/settings/<slug:table>", settings_bulk.settings_bulk, name="settings_bulk"),
    path("/statuses", statuses.statuses, name="statuses"),
    path("/statuses/order", statuses.status_order, name="status_order"),
    path("/statuses/new", status_form.status_new, name="status_new"),
    path("/statuses/<int:pk>", status.status, name="status"),
    path("/statuses/<int:pk>/edit", status_form.status_edit, name="status_edit"),
    path(
        "/statuses/<int:pk>/delete",
        settings_delete.settings_delete,
        {"table": "status"},
        name="status_delete",
    ),
    path("/sources", sources.sources, name="sources"),
    path("/sources/new", source_form.source_new, name="source_new"),
    path("/sources/<int:pk>", source.source, name="source"),
    path("/sources/<int:pk>/edit", source_form.source_edit, name="source_edit"),
    path(
        "/sources/<int:pk>/delete", settings_delete.settings_delete, {"table": "source"}, name="source_delete"
    ),
    path("/sources/<int:pk>/costs", source_cost.cost_new, name="cost_new"),
    path("/sources/<int:pk>/costs/<int:cost>", source_cost.cost_edit, name="cost_edit"),
    path("/sources/<int:pk>/costs/<int:cost>/remove", source_cost.cost_remove, name="cost_remove"),
]
