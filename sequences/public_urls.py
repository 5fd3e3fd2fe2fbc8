"""The public URL of sequences, which their emails link to."""

from django.urls import path

from sequences.views import public_unsubscribe

urlpatterns = [
    path("/<str:token>", public_unsubscribe.sequence_unsubscribe, name="sequence_unsubscribe"),
]
