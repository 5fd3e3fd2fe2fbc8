"""Wrong codes are an account change of their own, so that their user is told."""

from django.db import migrations, models

KINDS = [
    ("email", "email"),
    ("roles", "roles"),
    ("departments", "departments"),
    ("password", "password"),
    ("token_added", "API token created"),
    ("token_renewed", "new secret for an API token"),
    ("token_revoked", "API token revoked"),
    ("app_added", "authenticator app added"),
    ("app_removed", "authenticator app removed"),
    ("passkey_added", "passkey added"),
    ("passkey_removed", "passkey removed"),
    ("codes_made", "new recovery codes"),
    ("code_used", "recovery code used"),
    ("codes_wrong", "wrong codes entered"),
    ("factors_off", "two-step verification turned off"),
    ("factors_reset", "two-step verification reset"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_changes_of_sessions")]

    operations = [
        migrations.AlterField(
            model_name="accountchange", name="kind", field=models.CharField(choices=KINDS, max_length=20)
        ),
    ]
