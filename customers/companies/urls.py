"""The URLs of the company screens."""

from crm.records.urls import screens_of

app_name = "companies"
urlpatterns = [*screens_of("company")]
