"""Connecting an assistant, changing what it may do and disconnecting it are changes of an account. The table stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_invited_by'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accountchange',
            name='kind',
            field=models.CharField(choices=[('email', 'email'), ('roles', 'roles'), ('departments', 'departments'), ('password', 'password'), ('token_added', 'API token created'), ('token_renewed', 'new secret for an API token'), ('token_revoked', 'API token revoked'), ('assistant_connected', 'assistant connected'), ('assistant_changed', 'assistant changed'), ('assistant_removed', 'assistant disconnected'), ('app_added', 'authenticator app added'), ('app_removed', 'authenticator app removed'), ('passkey_added', 'passkey added'), ('passkey_removed', 'passkey removed'), ('codes_made', 'new recovery codes'), ('code_used', 'recovery code used'), ('codes_wrong', 'wrong codes entered'), ('factors_off', 'two-step verification turned off'), ('factors_reset', 'two-step verification reset')], max_length=20),
        ),
    ]
