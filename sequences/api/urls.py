"""The URLs of sequences in API v2."""

from django.urls import path

from sequences.api.reading import Enrollments, OneEnrollment, OneSequence, Sequences
from sequences.api.record_sequence import ContactSequence, LeadSequence

urlpatterns = [
    path("sequences", Sequences.as_view(), name="own_sequences"),
    path("sequences/<str:pk>", OneSequence.as_view(), name="own_sequence"),
    path("enrollments", Enrollments.as_view(), name="own_enrollments"),
    path("enrollments/<str:pk>", OneEnrollment.as_view(), name="own_enrollment"),
    path("leads/<str:pk>/sequence", LeadSequence.as_view(), name="own_lead_sequence"),
    path("contacts/<str:pk>/sequence", ContactSequence.as_view(), name="own_contact_sequence"),
]
