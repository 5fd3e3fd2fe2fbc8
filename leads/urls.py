"""The table of contents of the lead screens."""

from django.urls import path

from leads.views import count, list

app_name = "leads"
urlpatterns = [
    path("", list.lead_list, name="list"),
    path("/count", count.count, name="count"),
    path("/filter", list.lead_list, name="filter"),
    path("/columns", list.lead_list, name="columns"),
    path("/views", list.lead_list, name="views"),
    path("/views/new", list.lead_list, name="save_view"),
    path("/bin", list.lead_list, name="bin"),
    path("/bulk", list.lead_list, name="bulk"),
    path("/jump", list.lead_list, name="jump"),
    path("/new", list.lead_list, name="new"),
    path("/<int:pk>", list.lead_list, name="lead"),
    path("/<int:pk>/inline/<slug:field>", list.lead_list, name="inline"),
]
