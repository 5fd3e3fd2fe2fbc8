"""The URLs of the queue in API v2."""

from django.urls import path

from leads.queue.api.queue_reading import Queue, QueueLead
from leads.queue.api.queue_steps import ClaimLead, LogOutcome, RestoreSkipped, SkipLead

urlpatterns = [
    path("queue", Queue.as_view(), name="own_queue"),
    path("queue/claim", ClaimLead.as_view(), name="own_queue_claim"),
    path("queue/restore", RestoreSkipped.as_view(), name="own_queue_restore"),
    path("queue/<str:pk>", QueueLead.as_view(), name="own_queue_lead"),
    path("queue/<str:pk>/outcome", LogOutcome.as_view(), name="own_queue_outcome"),
    path("queue/<str:pk>/skip", SkipLead.as_view(), name="own_queue_skip"),
]
