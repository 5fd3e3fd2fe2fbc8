"""URLs of Umbra ERP, below /v1/."""

from django.urls import path

from leads.api.umbra import documentation, umbra_leads  # noqa: F401 - adds the documentation of these views

urlpatterns = [
    path("crm/leads", umbra_leads.Leads.as_view(), name="umbra_leads"),
    path("crm/leads/<str:pk>", umbra_leads.OneLead.as_view(), name="umbra_lead"),
]
