"""The URLs of the contact screens."""

from crm.records.urls import screens_of

app_name = "contacts"
urlpatterns = [*screens_of("contact")]
