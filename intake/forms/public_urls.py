"""The public URLs of web forms."""

from django.urls import path

from intake.forms.views import public, sent

urlpatterns = [
    path("/<slug:slug>", public.web_form, name="web_form"),
    path("/<slug:slug>/sent", sent.sent, name="web_form_sent"),
    path("/<slug:slug>/confirmed", sent.confirmed, name="web_form_confirmed"),
    path("/<slug:slug>/confirm/<str:token>", sent.confirm, name="web_form_confirm"),
    path("/<slug:slug>/theme.css", sent.theme, name="web_form_theme"),
]
