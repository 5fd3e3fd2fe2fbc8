"""The URLs of consent: its purposes in Settings, and those of a lead or contact."""

from django.urls import path

from customers.consent.views import consents, purposes

app_name = "consents"
urlpatterns = [
    path("consents", purposes.purposes, name="purposes"),
    path("consents/new", purposes.purpose_new, name="purpose_new"),
    path("consents/<int:pk>", purposes.purpose, name="purpose"),
    path("consents/<int:pk>/text", purposes.text_new, name="text_new"),
    path("leads/<int:pk>/consents", consents.consents, {"kind": "lead"}, name="of_lead"),
    path("contacts/<int:pk>/consents", consents.consents, {"kind": "contact"}, name="of_contact"),
]
