"""URLs of the people screens."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts.views import (
    department_edit,
    department_new,
    department_retire,
    departments,
    password_change,
    password_forgotten,
    password_set,
    profile,
    role,
    role_new,
    roles,
    sign_in,
    token,
    token_new,
    tokens,
    user,
    user_deactivate,
    user_edit,
    user_link,
    user_new,
    user_reactivate,
    user_sees,
    users,
)

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
    path("admin/users", users.users, name="users"),
    path("admin/users/new", user_new.user_new, name="user_new"),
    path("admin/users/<int:pk>", user.user, name="user"),
    path("admin/users/<int:pk>/edit", user_edit.user_edit, name="user_edit"),
    path("admin/users/<int:pk>/link", user_link.user_link, name="user_link"),
    path("admin/users/<int:pk>/deactivate", user_deactivate.user_deactivate, name="user_deactivate"),
    path("admin/users/<int:pk>/reactivate", user_reactivate.user_reactivate, name="user_reactivate"),
    path("admin/users/<int:pk>/inspect", user_sees.user_inspect, name="user_inspect"),
    path("admin/users/<int:pk>/sees", user_sees.user_sees, name="user_sees"),
    path("admin/departments", departments.departments, name="departments"),
    path("admin/departments/new", department_new.department_new, name="department_new"),
    path("admin/departments/<int:pk>", department_edit.department_edit, name="department"),
    path("admin/departments/<int:pk>/retire", department_retire.department_retire, name="department_retire"),
    path(
        "admin/departments/<int:pk>/restore", department_retire.department_restore, name="department_restore"
    ),
    path("admin/roles", roles.roles, name="roles"),
    path("admin/roles/new", role_new.role_new, name="role_new"),
    path("admin/roles/<int:pk>", role.role, name="role"),
    path("admin/roles/<int:pk>/retire", role.role_retire, name="role_retire"),
    path("admin/roles/<int:pk>/restore", role.role_restore, name="role_restore"),
    path("admin/api/api_management", tokens.tokens, name="tokens"),
    path("admin/api/api_management/new", token_new.token_new, name="token_new"),
    path("admin/api/api_management/<int:pk>", token.token, name="token"),
    path("admin/api/api_management/<int:pk>/rotate", token.token_rotate, name="token_rotate"),
    path("admin/api/api_management/<int:pk>/revoke", token.token_revoke, name="token_revoke"),
]
