"""The URLs of people: signing in, profile and notifications, users, tokens, webhooks, and the audit log."""

from tests.matrix.oracle import ADMINISTRATOR, ANYBODY, SIGNED_IN, form, get, post

DEAD_LINK = {"uidb64": "MQ", "token": "abc-def"}
SUBSCRIPTION = {
    "endpoint": "https://push.example.com/send/1",
    "browser_key": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
}
# A sign-in through a provider begins with a link, because browsers don't follow a form to another site.
IN_THE_SESSION = ("accounts_session",)
OWN = [
    *get("healthz", ANYBODY),
    *get("readyz", ANYBODY),
    *get("login", ANYBODY),
    *post("login", ANYBODY, data={"email": "nobody@example.com", "password": "wrong"}),
    *form("login/code", ANYBODY, data={"code": "000000"}),
    *post("login/passkey", ANYBODY),
    *post("login/passkey/options", ANYBODY, answers=(409,)),
    *get("login/provider/<int:pk>", ANYBODY, of="open provider", writes=IN_THE_SESSION),
    *get("login/provider/back", ANYBODY, query="state=x&code=y"),
    *get("confirm/provider/<int:pk>", SIGNED_IN, of="open provider", writes=IN_THE_SESSION),
    *get("profile/provider/<int:pk>", SIGNED_IN, fixed={"pk": "1"}, query="key=x"),
    *post("logout", ANYBODY),
    *form("language", ANYBODY, data={"language": "en"}),
    *form("password/forgotten", ANYBODY, data={"email": "nobody@example.com"}),
    *get("password/sent", ANYBODY),
    *form("password/set/<uidb64>/<token>", ANYBODY, fixed=DEAD_LINK, answers=(410,)),
    *form("password/change", SIGNED_IN, data={"old_password": "wrong"}),
    *form("confirm", SIGNED_IN, data={"password": "wrong"}),
    *post("confirm/passkey", SIGNED_IN),
    *post("confirm/passkey/options", SIGNED_IN, answers=(409,)),
    *get("profile/two-step", SIGNED_IN),
    *form("profile/two-step/app", SIGNED_IN, data={"code": "000000"}),
    *post("profile/two-step/app/remove", SIGNED_IN),
    *post("profile/two-step/codes", SIGNED_IN),
    *form("profile/two-step/off", SIGNED_IN),
    *post("profile/two-step/passkeys", SIGNED_IN, data={"name": "Phone"}),
    *post("profile/two-step/passkeys/options", SIGNED_IN, answers=(409,)),
    *post("profile/two-step/passkeys/<int:pk>/remove", SIGNED_IN, of="passkey"),
    *form("profile", SIGNED_IN, data={"name": "Another Name", "rows_per_page": "25"}),
    *post("profile/sign-out-elsewhere", SIGNED_IN),
    *post("profile/sessions/<int:pk>/end", SIGNED_IN, of="own session"),
    *form("profile/calendar", SIGNED_IN),
    *post("profile/calendar/end", SIGNED_IN),
    *post("profile/devices", SIGNED_IN, data=SUBSCRIPTION),
    *post("profile/devices/<int:pk>/remove", SIGNED_IN, of="device"),
    *get("calendar/<str:secret>.ics", ANYBODY, fixed={"secret": "wrong"}, answers=(410,)),
    *get(
        "calendar/<str:secret>.ics",
        ANYBODY,
        fixed={"secret": "{calendar_secret}"},
        writes=("accounts_calendarfeed",),
    ),
    *get("notices", SIGNED_IN),
    *get("notifications", SIGNED_IN),
    *post("notifications/<int:pk>/open", SIGNED_IN, of="notification"),
    *post("notifications/<int:pk>/read-up-to", SIGNED_IN, of="notification"),
]

USER = "admin/users/<int:pk>"
NEW_USER = {
    "name": "Nina New",
    "email": "nina@example.com",
    "department": "{department}",
    "roles": ["{role}"],
}
INVITED = {"people": "Nina New <nora@example.com>", "department": "{department}", "roles": ["{role}"]}
ABSENCE = {"first": "2030-01-01", "last": "2030-01-02"}
USERS = [
    *get("admin/users", "accounts.view_user"),
    *form("admin/users/new", "accounts.add_user", data=NEW_USER),
    *form("admin/users/invite", "accounts.add_user", data=INVITED),
    *get("admin/users/invitations", "accounts.add_user"),
    *post("admin/users/invitations/resend", "accounts.change_user", data={"user": "{colleague}"}),
    *post("admin/users/invitations/revoke", "accounts.delete_user", data={"user": "{colleague}"}),
    *post("admin/users/invitations/restore", "accounts.delete_user", data={"user": "{colleague}"}),
    *get(USER, "accounts.view_user", of="user"),
    *form(f"{USER}/edit", "accounts.change_user", of="user", changes=True, data=NEW_USER),
    *post(f"{USER}/link", "accounts.change_user", of="user", changes=True),
    *form(f"{USER}/deactivate", "accounts.delete_user", of="other user", changes=True, data={"to": "nobody"}),
    *post(f"{USER}/reactivate", "accounts.delete_user", of="user", changes=True),
    *form(f"{USER}/reset", "accounts.change_user", of="other user", changes=True),
    *post(f"{USER}/inspect", "accounts.change_user", ADMINISTRATOR, of="user", changes=True),
    *post(f"{USER}/sign-out", "accounts.change_user", of="user", changes=True),
    *post(f"{USER}/sessions/<int:session>/end", "accounts.change_user", of="session", changes=True),
    *form(f"{USER}/absences", SIGNED_IN, of="absent user", changes=True, data=ABSENCE),
    *post(f"{USER}/absences/<int:absence>/delete", SIGNED_IN, of="absence", changes=True),
    *post(f"{USER}/unlink/<int:identity>", "accounts.change_user", of="identity", changes=True),
    *get(f"{USER}/sees", "accounts.change_user", ADMINISTRATOR, of="inspected user"),
    *post(f"{USER}/view", "accounts.change_user", ADMINISTRATOR, of="inspected user"),
    *post("admin/viewing/stop", SIGNED_IN),
]

SIGN_ON = "admin/sign-on"
PROVIDER = f"{SIGN_ON}/<int:pk>"
OF_ADMINISTRATORS = ("accounts.change_identityprovider", ADMINISTRATOR)
NO_ROWS = {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0", "save": "1"}
SIGN_ONS = [
    *get(SIGN_ON, *OF_ADMINISTRATORS),
    *post(f"{SIGN_ON}/only", *OF_ADMINISTRATORS, data={"off": "1"}),
    *form(f"{SIGN_ON}/new", *OF_ADMINISTRATORS, data={"name": "Acmeqq"}),
    *form(PROVIDER, *OF_ADMINISTRATORS, of="provider", data={"name": "Acmeqq"}),
    *post(f"{PROVIDER}/remove", *OF_ADMINISTRATORS, of="provider"),
    *form(f"{PROVIDER}/mapping", *OF_ADMINISTRATORS, of="provider", data=NO_ROWS),
]

CONNECTS = "assistants.connect_assistant"
ASKED = (
    "response_type=code&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)
METADATA = ".well-known/oauth"
OWN_ASSISTANTS = [
    *get(f"{METADATA}-protected-resource", ANYBODY),
    *get(f"{METADATA}-protected-resource/mcp", ANYBODY),
    *get(f"{METADATA}-authorization-server", ANYBODY),
    *form(
        "oauth/authorize",
        CONNECTS,
        query=f"{ASKED}&client_id={{program}}&redirect_uri=https://someprogram.example/back",
        data={"decision": "connect", "name": "someassistant", "access": "change", "preview_above": "1"}
        | {"records_per_call": "100", "records_per_hour": "500"},
    ),
    *get("profile/assistants", SIGNED_IN),
    *form("profile/assistants/<int:pk>", CONNECTS, of="own assistant"),
    *post("profile/assistants/<int:pk>/disconnect", SIGNED_IN, of="own assistant"),
]
TOKENS = "admin/api/api_management"
TOKEN = f"{TOKENS}/<int:pk>"
PROGRAMS = [
    *get(TOKENS, "crm.view_token"),
    *form(f"{TOKENS}/new", "crm.add_token", data={"name": "Website", "user": "{colleague}"}),
    *form(f"{TOKENS}/new-scim", "crm.add_token", ADMINISTRATOR, data={"name": "Okta", "user": "{colleague}"}),
    *form(f"{TOKENS}/new-assistant", "crm.add_token", data={"name": "Claude", "user": "{colleague}"}),
    *get(f"{TOKENS}/assistant-program", "crm.view_token"),
    *form(f"{TOKEN}/assistant", "crm.change_token", of="assistant", changes=True),
    *get(TOKEN, "crm.view_token", of="token"),
    *post(f"{TOKEN}/rotate", "crm.change_token", of="token", changes=True),
    *post(f"{TOKEN}/revoke", "crm.delete_token", of="token", changes=True),
]

WEBHOOKS = "admin/api/webhooks"
WEBHOOK = f"{WEBHOOKS}/<int:pk>"
TOLD = {"url": "https://example.com/told", "kinds": ["add"]}
CHANGES_ONE = {"of": "webhook of people", "changes": True}
ADDRESSES = [
    *get(WEBHOOKS, "crm.view_webhook"),
    *form(f"{WEBHOOKS}/new", "crm.add_webhook", data={**TOLD, "user": "{colleague}"}),
    *get(WEBHOOK, "crm.view_webhook", of="webhook of people"),
    *form(f"{WEBHOOK}/edit", "crm.change_webhook", data=TOLD, **CHANGES_ONE),
    *post(f"{WEBHOOK}/rotate", "crm.change_webhook", **CHANGES_ONE),
    *post(f"{WEBHOOK}/switch", "crm.change_webhook", data={"active": "yes"}, **CHANGES_ONE),
    *form(f"{WEBHOOK}/try", "crm.change_webhook", **CHANGES_ONE),
    *post(f"{WEBHOOK}/again", "crm.change_webhook", data={"delivery": "1"}, **CHANGES_ONE),
    *form(f"{WEBHOOK}/replay", "crm.change_webhook", **CHANGES_ONE),
    *form(f"{WEBHOOK}/remove", "crm.delete_webhook", **CHANGES_ONE),
]

AUDIT = [
    *get("admin/audit", "crm.view_auditentry"),
    *get("admin/audit/file", "crm.view_auditentry"),
]

NO_BACKUP = {"name": "leadwell-2026-11-20-021500.tar"}
BACKUPS = [
    *get("admin/backups", "crm.view_backups", ADMINISTRATOR),
    *post("admin/backups/new", "crm.view_backups", ADMINISTRATOR),
    *get("admin/backups/<str:name>", "crm.download_backups", ADMINISTRATOR, fixed=NO_BACKUP),
]

PEOPLES = [*AUDIT, *BACKUPS, *OWN, *OWN_ASSISTANTS, *USERS, *SIGN_ONS, *PROGRAMS, *ADDRESSES]
