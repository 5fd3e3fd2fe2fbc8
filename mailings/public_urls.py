"""The public URLs of mailings, which the emails link to."""

from django.urls import path

from mailings.views import public_tracking, public_unsubscribe, public_view

urlpatterns = [
    path("/<str:token>", public_view.mailing_view, name="mailing_view"),
    path("/<str:token>/unsubscribe", public_unsubscribe.mailing_unsubscribe, name="mailing_unsubscribe"),
    path("/<str:token>/to/<int:link>", public_tracking.mailing_click, name="mailing_click"),
    path("/<str:token>/open.gif", public_tracking.mailing_open, name="mailing_open"),
]
