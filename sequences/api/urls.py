"""The URLs of sequences in API v2."""

from django.urls import path

from sequences.api.reading import Enrollments, OneEnrollment, OneSequence, Sequences
from sequences.api.record_sequence import ContactSequence, LeadSequence

urlpatterns = [
    path("api/v2/sequences", Sequences.as_view(), name="own_sequences"),
    path("api/v2/sequences/<str:pk>", OneSequence.as_view(), name="own_sequence"),
    path("api/v2/enrollments", Enrollments.as_view(), name="own_enrollments"),
    path("api/v2/enrollments/<str:pk>", OneEnrollment.as_view(), name="own_enrollment"),
    path("api/v2/leads/<str:pk>/sequence", LeadSequence.as_view(), name="own_lead_sequence"),
    path("api/v2/contacts/<str:pk>/sequence", ContactSequence.as_view(), name="own_contact_sequence"),
]
