"""The addresses of the APIs. A slash at their end makes no difference (crm/api/entrance.py)."""

from django.urls import path

from leads.api import connect

# The older way to say DELETE.
ONLY_DELETE = ["delete"]

urlpatterns = [
    path("api/leads", connect.Leads.as_view(), name="api_leads"),
    path("api/leads/search", connect.FoundLeads.as_view(), name="api_search"),
    path("api/leads/search/<path:text>", connect.FoundLeads.as_view(), name="api_search_words"),
    path("api/leads/<str:pk>", connect.OneLead.as_view(), name="api_lead"),
    path("api/delete/leads/<str:pk>", connect.OneLead.as_view(http_method_names=ONLY_DELETE)),
]
