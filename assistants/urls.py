"""URLs of assistants: the address that they call, how they are connected, and the pages on which people decide what they may do."""

from django.urls import path

from assistants.views import (
    assistant_connect,
    assistant_edit,
    assistant_new,
    assistant_program,
    mcp,
    oauth_metadata,
    oauth_register,
    oauth_revoke,
    oauth_token,
    own_assistants,
)

urlpatterns = [
    path("mcp", mcp.Mcp.as_view(), name="mcp"),
    path(".well-known/oauth-protected-resource", oauth_metadata.protected_resource, name="oauth_resource"),
    path(
        ".well-known/oauth-protected-resource/mcp",
        oauth_metadata.protected_resource,
        name="oauth_resource_mcp",
    ),
    path(".well-known/oauth-authorization-server", oauth_metadata.authorization_server, name="oauth_server"),
    path("oauth/register", oauth_register.oauth_register, name="oauth_register"),
    path("oauth/authorize", assistant_connect.assistant_connect, name="assistant_connect"),
    path("oauth/token", oauth_token.oauth_token, name="oauth_token"),
    path("oauth/revoke", oauth_revoke.oauth_revoke, name="oauth_revoke"),
    path("profile/assistants", own_assistants.own_assistants, name="own_assistants"),
    path("profile/assistants/<int:pk>", assistant_edit.own_assistant_edit, name="own_assistant_edit"),
    path(
        "profile/assistants/<int:pk>/disconnect",
        own_assistants.own_assistant_disconnect,
        name="own_assistant_disconnect",
    ),
    path("admin/api/api_management/new-assistant", assistant_new.assistant_new, name="assistant_new"),
    path("admin/api/api_management/<int:pk>/assistant", assistant_edit.assistant_edit, name="assistant_edit"),
    path(
        "admin/api/api_management/assistant-program",
        assistant_program.assistant_program,
        name="assistant_program",
    ),
]
