"""URLs of assistants: the address that they call."""

from django.urls import path

from assistants.views import mcp

urlpatterns = [
    path("mcp", mcp.Mcp.as_view(), name="mcp"),
]
