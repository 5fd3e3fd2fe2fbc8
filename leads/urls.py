"""The table of contents of the lead screens."""

from django.urls import include, path

from leads.views import (
    beside,
    bin,
    bulk,
    change,
    columns,
    count,
    edit,
    filter,
    inline,
    jump,
    known,
    lead,
    list,
    saved_views,
)

app_name = "leads"
urlpatterns = [
    # The list
    path("", list.lead_list, name="list"),
    path("/count", count.count, name="count"),
    path("/filter", filter.lead_filter, name="filter"),
    path("/columns", columns.columns, name="columns"),
    path("/views", saved_views.saved_views, name="views"),
    path("/views/new", saved_views.save_view, name="save_view"),
    path("/views/<int:pk>", saved_views.edit_view, name="edit_view"),
    path("/views/<int:pk>/remove", saved_views.remove_view, name="remove_view"),
    path("/views/<int:pk>/start", saved_views.start_with, name="start_view"),
    path("/jump", jump.jump, name="jump"),
    path("/bin", bin.bin, name="bin"),
    # Many at once
    path("/bulk", bulk.bulk, name="bulk"),
    path("/bulk/<int:pk>/<slug:name>", bulk.preview, name="preview"),
    # The settings: statuses, sources, pipelines, tags, lost reasons, exchange rates
    path("", include("leads.settings.urls")),
    # One lead
    path("/new", edit.new, name="new"),
    path("/known", known.known, name="known"),
    path("/<int:pk>", lead.lead, name="lead"),
    path("/<int:pk>/edit", edit.edit, name="edit"),
    path("/<int:pk>/inline/<slug:field>", inline.inline, name="inline"),
    path("/<int:pk>/next", beside.following, name="next"),
    path("/<int:pk>/previous", beside.previous, name="previous"),
    path("/<int:pk>/why", beside.why_seen, name="why"),
    path("/<int:pk>/move", change.move, name="move"),
    path("/<int:pk>/take", change.take, name="take"),
    path("/<int:pk>/bin", change.bin, name="bin_one"),
    path("/<int:pk>/restore", change.restore, name="restore"),
    path("/<int:pk>/purge", change.purge, name="purge"),
]
