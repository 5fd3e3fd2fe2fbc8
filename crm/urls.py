"""The table of contents of the whole site."""

from django.urls import include, path

from crm.views import errors, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.health, name="health"),
    path("", include("accounts.urls")),
    path("admin/leads", include("leads.urls")),
    path("admin/imports/new", home.home, name="x"),
    path("admin/operations/<int:pk>/undo", home.home, name="operation_undo"),
    path("", include(([path("admin/imports/new", home.home, name="new")], "imports"))),
    path("", include(([path("admin/exports/new", home.home, name="new")], "exports"))),
]

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
