"""URLs of assistants: the address that they call, the page that makes one, and a program for it."""

from django.urls import path

from assistants.views import assistant_new, assistant_program, mcp

urlpatterns = [
    path("mcp", mcp.Mcp.as_view(), name="mcp"),
    path("admin/api/api_management/new-assistant", assistant_new.assistant_new, name="assistant_new"),
    path(
        "admin/api/api_management/assistant-program",
        assistant_program.assistant_program,
        name="assistant_program",
    ),
]
