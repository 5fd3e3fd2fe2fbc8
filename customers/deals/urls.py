"""The URLs of the deal screens."""

from django.urls import path

from crm.kind_urls import build_kind_urls, screens_of_board
from customers.deal_contacts.views import contact, contacts
from leads.urls import screens_of_pipelines

app_name = "deals"
KIND = {"kind": "deal"}
urlpatterns = [
    *build_kind_urls("deal"),
    *screens_of_board("deal"),
    *screens_of_pipelines("deal"),
    path("/<int:pk>/contacts", contacts.contacts, KIND, name="contacts"),
    path("/<int:pk>/contacts/new", contact.add_contact, KIND, name="add_contact"),
    path("/<int:pk>/contacts/<int:person>", contact.contact, KIND, name="contact"),
    path("/<int:pk>/contacts/<int:person>/remove", contact.remove_contact, KIND, name="remove_contact"),
]
