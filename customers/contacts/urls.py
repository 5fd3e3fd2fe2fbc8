"""The URLs of the contact screens."""

from django.urls import path

from crm.kind_urls import build_kind_urls
from customers.deal_contacts.views import contacts
from customers.employments.views import employment, employments

app_name = "contacts"
KIND = {"kind": "contact"}
urlpatterns = [
    *build_kind_urls("contact"),
    path("/<int:pk>/employments", employments.employments, KIND, name="employments"),
    path("/<int:pk>/employments/new", employment.add_employment, KIND, name="add_employment"),
    path("/<int:pk>/employments/<int:employment>", employment.employment, KIND, name="employment"),
    path(
        "/<int:pk>/employments/<int:employment>/remove",
        employment.remove_employment,
        KIND,
        name="remove_employment",
    ),
    path("/<int:pk>/deals", contacts.deals, KIND, name="deals"),
]
