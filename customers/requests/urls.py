"""The URLs of the request screens: those of every record type, then those of requests only."""

from django.urls import path

from crm.records.urls import screens_of
from customers.requests.views import deal, lead, link

app_name = "requests"
REQUEST = {"kind": "request"}
urlpatterns = [
    *screens_of("request"),
    # One request
    path("/<int:pk>/link/<slug:name>", link.link, REQUEST, name="link"),
    path("/<int:pk>/deal", deal.make_deal, REQUEST, name="make_deal"),
    path("/<int:pk>/lead", lead.create_lead, REQUEST, name="create_lead"),
]
