"""The URLs of the company screens."""

from django.urls import path

from crm.kind_urls import build_kind_urls
from customers.employments.views import employments

app_name = "companies"
urlpatterns = [
    *build_kind_urls("company"),
    path("/<int:pk>/people", employments.people, {"kind": "company"}, name="employments"),
]
