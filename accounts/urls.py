"""The table of contents of people's screens."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts.views import password_change, password_forgotten, password_set, profile, sign_in

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("logout", sign_in.sign_out, name="logout"),
    path("language", login_not_required(set_language), name="set_language"),
    path("password/forgotten", password_forgotten.password_forgotten, name="password_reset"),
    path("password/sent", password_forgotten.link_sent, name="password_reset_sent"),
    path("password/set/<uidb64>/<token>", password_set.PasswordSet.as_view(), name="password_set"),
    path("password/change", password_change.password_change, name="password_change"),
    path("profile", profile.profile, name="profile"),
    path("profile/sign-out-elsewhere", profile.sign_out_elsewhere, name="sign_out_elsewhere"),
]
