"""The URLs of the deal screens."""

from django.urls import path

from crm.kind_urls import build_board_urls, build_kind_urls
from customers.deal_contacts.views import contact, contacts
from leads.urls import build_pipeline_urls

app_name = "deals"
KIND = {"kind": "deal"}
urlpatterns = [
    *build_kind_urls("deal"),
    *build_board_urls("deal"),
    *build_pipeline_urls("deal"),
    path("/<int:pk>/contacts", contacts.contacts, KIND, name="contacts"),
    path("/<int:pk>/contacts/new", contact.add_contact, KIND, name="add_contact"),
    path("/<int:pk>/contacts/<int:person>", contact.contact, KIND, name="contact"),
    path("/<int:pk>/contacts/<int:person>/remove", contact.remove_contact, KIND, name="remove_contact"),
]
