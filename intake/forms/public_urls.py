"""The public URLs of web forms."""

from django.urls import path

from intake.forms.views import confirmation, public_form

urlpatterns = [
    path("/<slug:slug>", public_form.web_form, name="web_form"),
    path("/<slug:slug>/sent", confirmation.submission_sent, name="web_form_sent"),
    path("/<slug:slug>/confirmed", confirmation.submission_confirmed, name="web_form_confirmed"),
    path("/<slug:slug>/confirm/<str:token>", confirmation.confirm, name="web_form_confirm"),
    path("/<slug:slug>/theme.css", confirmation.theme, name="web_form_theme"),
]
