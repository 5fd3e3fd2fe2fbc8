"""URLs of the people screens."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts.authentication.views import (
    confirm,
    password_change,
    password_forgotten,
    password_set,
    sessions,
    sign_in,
    sign_in_code,
    sign_in_passkey,
)
from accounts.company.views import company, demo_removal, logo, setup
from accounts.departments.views import department_edit, department_new, department_retire, departments
from accounts.invitations.views import invitation_actions, invitations, invite
from accounts.push.views import devices
from accounts.roles.views import role, role_new, roles
from accounts.scim.views import token_new_scim
from accounts.second_factor.views import authenticator_app, passkeys, two_step, user_reset
from accounts.single_sign_on.views import sign_in_provider, sign_on, sign_on_mapping, sign_on_provider
from accounts.tokens.views import token, token_new, tokens
from accounts.users.views import (
    user,
    user_deactivate,
    user_edit,
    user_link,
    user_new,
    user_reactivate,
    user_sees,
    user_view,
    users,
)
from accounts.views import calendar_feed, profile, settings
from accounts.working_time.views import absences, calendar, working_hours

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("login/code", sign_in_code.sign_in_code, name="sign_in_code"),
    path("login/passkey", sign_in_passkey.sign_in_passkey, name="sign_in_passkey"),
    path("login/passkey/options", sign_in_passkey.sign_in_passkey_options, name="sign_in_passkey_options"),
    path("login/provider/<int:pk>", sign_in_provider.sign_on_start, name="sign_on_start"),
    path("login/provider/back", sign_in_provider.sign_on_back, name="sign_on_back"),
    path("logout", sign_in.sign_out, name="logout"),
    path("language", login_not_required(set_language), name="set_language"),
    path("password/forgotten", password_forgotten.password_forgotten, name="password_reset"),
    path("password/sent", password_forgotten.link_sent, name="password_reset_sent"),
    path("password/set/<uidb64>/<token>", password_set.PasswordSet.as_view(), name="password_set"),
    path("password/change", password_change.password_change, name="password_change"),
    path("confirm", confirm.confirm, name="confirm"),
    path("confirm/passkey", sign_in_passkey.confirm_passkey, name="confirm_passkey"),
    path("confirm/passkey/options", sign_in_passkey.confirm_passkey_options, name="confirm_passkey_options"),
    path("confirm/provider/<int:pk>", sign_in_provider.sign_on_confirm, name="sign_on_confirm"),
    path("profile/provider/<int:pk>", sign_in_provider.sign_on_link, name="sign_on_link"),
    path("profile", profile.profile, name="profile"),
    path("profile/two-step", two_step.two_step, name="two_step"),
    path("profile/two-step/app", authenticator_app.authenticator_app, name="authenticator_app"),
    path(
        "profile/two-step/app/remove",
        authenticator_app.authenticator_app_remove,
        name="authenticator_app_remove",
    ),
    path("profile/two-step/codes", two_step.recovery_codes_new, name="recovery_codes_new"),
    path("profile/two-step/passkeys", passkeys.passkey_new, name="passkey_new"),
    path("profile/two-step/passkeys/options", passkeys.passkey_options, name="passkey_options"),
    path("profile/two-step/passkeys/<int:pk>/remove", passkeys.passkey_remove, name="passkey_remove"),
    path("profile/two-step/off", two_step.two_step_off, name="two_step_off"),
    path("profile/sign-out-elsewhere", profile.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("profile/sessions/<int:pk>/end", sessions.session_end, name="session_end"),
    path("profile/calendar", calendar_feed.calendar_feed, name="calendar_feed"),
    path("profile/calendar/end", calendar_feed.end_calendar_feed, name="calendar_feed_end"),
    path("profile/devices", devices.device_new, name="device_new"),
    path("profile/devices/<int:pk>/remove", devices.device_remove, name="device_remove"),
    path("calendar/<str:secret>.ics", calendar_feed.calendar_file, name="calendar_file"),
    path("admin/settings", settings.settings, name="settings"),
    path("admin/demo", demo_removal.demo_removal, name="demo_removal"),
    path("admin/users", users.users, name="users"),
    path("admin/users/new", user_new.user_new, name="user_new"),
    path("admin/users/invite", invite.invite, name="invite"),
    path("admin/users/invitations", invitations.invitations, name="invitations"),
    path("admin/users/invitations/resend", invitation_actions.invitations_resend, name="invitations_resend"),
    path("admin/users/invitations/revoke", invitation_actions.invitations_revoke, name="invitations_revoke"),
    path(
        "admin/users/invitations/restore",
        invitation_actions.invitations_restore,
        name="invitations_restore",
    ),
    path("admin/users/<int:pk>", user.user, name="user"),
    path("admin/users/<int:pk>/edit", user_edit.user_edit, name="user_edit"),
    path("admin/users/<int:pk>/link", user_link.user_link, name="user_link"),
    path("admin/users/<int:pk>/deactivate", user_deactivate.user_deactivate, name="user_deactivate"),
    path("admin/users/<int:pk>/reactivate", user_reactivate.user_reactivate, name="user_reactivate"),
    path("admin/users/<int:pk>/reset", user_reset.user_reset, name="user_reset"),
    path("admin/users/<int:pk>/inspect", user_sees.user_inspect, name="user_inspect"),
    path("admin/users/<int:pk>/sees", user_sees.user_sees, name="user_sees"),
    path("admin/users/<int:pk>/view", user_view.user_view, name="user_view"),
    path("admin/viewing/stop", user_view.viewing_stop, name="viewing_stop"),
    path("admin/users/<int:pk>/sign-out", sessions.user_sign_out, name="user_sign_out"),
    path(
        "admin/users/<int:pk>/sessions/<int:session>/end", sessions.user_session_end, name="user_session_end"
    ),
    path("admin/users/<int:pk>/absences", absences.absences, name="absences"),
    path(
        "admin/users/<int:pk>/absences/<int:absence>/delete", absences.delete_absence, name="absence_delete"
    ),
    path("admin/company", company.company, name="company"),
    path("admin/company/logo", logo.logo, name="company_logo"),
    path("admin/company/logo/remove", logo.logo_removal, name="company_logo_removal"),
    path("admin/setup", setup.setup, name="setup"),
    path("admin/departments", departments.departments, name="departments"),
    path("admin/departments/new", department_new.department_new, name="department_new"),
    path("admin/departments/<int:pk>", department_edit.department_edit, name="department"),
    path("admin/departments/<int:pk>/retire", department_retire.department_retire, name="department_retire"),
    path(
        "admin/departments/<int:pk>/restore", department_retire.department_restore, name="department_restore"
    ),
    path("admin/departments/<int:pk>/hours", working_hours.working_hours, name="working_hours"),
    path("admin/calendar", calendar.calendar, name="calendar"),
    path("admin/calendar/holidays", calendar.add_holiday, name="holiday_new"),
    path("admin/calendar/holidays/<int:pk>/delete", calendar.delete_holiday, name="holiday_delete"),
    path("admin/roles", roles.roles, name="roles"),
    path("admin/roles/new", role_new.role_new, name="role_new"),
    path("admin/roles/<int:pk>", role.role, name="role"),
    path("admin/roles/<int:pk>/retire", role.role_retire, name="role_retire"),
    path("admin/roles/<int:pk>/restore", role.role_restore, name="role_restore"),
    path("admin/sign-on", sign_on.sign_on, name="sign_on"),
    path("admin/sign-on/only", sign_on.sign_on_only, name="sign_on_only"),
    path("admin/sign-on/new", sign_on_provider.sign_on_provider_new, name="sign_on_provider_new"),
    path("admin/sign-on/<int:pk>", sign_on_provider.sign_on_provider, name="sign_on_provider"),
    path(
        "admin/sign-on/<int:pk>/remove",
        sign_on_provider.sign_on_provider_remove,
        name="sign_on_provider_remove",
    ),
    path("admin/sign-on/<int:pk>/mapping", sign_on_mapping.sign_on_mapping, name="sign_on_mapping"),
    path("admin/users/<int:pk>/unlink/<int:identity>", sign_on.user_unlink, name="user_unlink"),
    path("admin/api/api_management", tokens.tokens, name="tokens"),
    path("admin/api/api_management/new", token_new.token_new, name="token_new"),
    path("admin/api/api_management/new-scim", token_new_scim.token_new_scim, name="token_new_scim"),
    path("admin/api/api_management/<int:pk>", token.token, name="token"),
    path("admin/api/api_management/<int:pk>/rotate", token.token_rotate, name="token_rotate"),
    path("admin/api/api_management/<int:pk>/revoke", token.token_revoke, name="token_revoke"),
]
