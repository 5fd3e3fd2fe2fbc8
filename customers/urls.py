"""The table of contents of the screens of companies."""

from crm.records.urls import screens_of

app_name = "companies"
urlpatterns = [*screens_of("company")]
