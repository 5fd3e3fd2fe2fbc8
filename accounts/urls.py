"""The table of contents of people's screens."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts.views import profile, sign_in

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("logout", sign_in.sign_out, name="logout"),
    path("language", login_not_required(set_language), name="set_language"),
    path("password/reset", sign_in.sign_in, name="password_reset"),
    path("profile", profile.profile, name="profile"),
]
