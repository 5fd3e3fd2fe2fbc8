"""The URLs of the company screens."""

from django.urls import path

from crm.kind_urls import screens_of
from customers.employments.views import employments

app_name = "companies"
urlpatterns = [
    *screens_of("company"),
    path("/<int:pk>/people", employments.people, {"kind": "company"}, name="employments"),
]
