"""The URLs of the request screens: those of every record type, then those of requests only."""

from django.urls import path

from crm.kind_urls import build_kind_urls
from customers.requests.views import create_deal, create_lead, link_request

app_name = "requests"
REQUEST = {"kind": "request"}
urlpatterns = [
    *build_kind_urls("request"),
    # One request
    path("/<int:pk>/link/<slug:name>", link_request.link, REQUEST, name="link"),
    path("/<int:pk>/deal", create_deal.make_deal, REQUEST, name="make_deal"),
    path("/<int:pk>/lead", create_lead.create_lead, REQUEST, name="create_lead"),
]
