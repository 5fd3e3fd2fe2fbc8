"""URLs of assistants: the address that they call, and the page that makes one."""

from django.urls import path

from assistants.views import assistant_new, mcp

urlpatterns = [
    path("mcp", mcp.Mcp.as_view(), name="mcp"),
    path("admin/api/api_management/new-assistant", assistant_new.assistant_new, name="assistant_new"),
]
