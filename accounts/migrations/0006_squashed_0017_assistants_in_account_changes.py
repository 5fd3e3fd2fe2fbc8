"""The migrations 0006 to 0017 in one: a new database gets each table once, with all its columns and indexes."""

import accounts.models.single_sign_on
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('accounts', '0006_start_page'),
        ('accounts', '0007_contact_limits'),
        ('accounts', '0008_sessions'),
        ('accounts', '0009_second_factor'),
        ('accounts', '0010_provisioning'),
        ('accounts', '0011_role_since'),
        ('accounts', '0012_single_sign_on'),
        ('accounts', '0013_changes_of_sessions'),
        ('accounts', '0014_wrong_codes'),
        ('accounts', '0015_calls_at_their_time'),
        ('accounts', '0016_invited_by'),
        ('accounts', '0017_assistants_in_account_changes'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('crm', '0001_squashed_0035_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='PushMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('delivered', 'Delivered'), ('refused', 'Refused'), ('dropped', 'Dropped')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='accounts.pushdevice')),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.notification')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('device', 'notification'), name='push_message_once')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('session_key', models.CharField(max_length=64, unique=True)),
                ('browser', models.CharField(blank=True, max_length=100)),
                ('address', models.GenericIPAddressField(null=True)),
                ('signed_in_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                ('changed_until', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'session',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuthenticatorApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', models.TextField()),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('last_step', models.BigIntegerField(default=0)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='authenticator_app', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'authenticator app',
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='So that you recognize it, such as “Work laptop”.', max_length=60, verbose_name='name')),
                ('credential_id', models.CharField(editable=False, max_length=1400, unique=True)),
                ('public_key', models.TextField(editable=False)),
                ('handle', models.CharField(editable=False, max_length=100)),
                ('sign_count', models.BigIntegerField(default=0, editable=False)),
                ('transports', models.JSONField(default=list, editable=False)),
                ('last_challenge', models.CharField(editable=False, max_length=100)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'passkey',
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'recovery code',
            },
        ),
        migrations.CreateModel(
            name='Provisioned',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='provisioned', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('user_name', models.CharField(max_length=254)),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('given_name', models.CharField(blank=True, max_length=150)),
                ('family_name', models.CharField(blank=True, max_length=150)),
                ('deleted', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'provisioned user',
                'verbose_name_plural': 'provisioned users',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('user_name'), name='provisioned_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Provisioning',
            fields=[
                ('token', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='provisioning', serialize=False, to='crm.token')),
                ('invites', models.BooleanField(default=False, help_text='Leave off if they sign in with single sign-on.', verbose_name='email new users a link to set a password')),
                ('department', models.ForeignKey(blank=True, help_text='Leave empty if groups assign all departments.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department of new users')),
                ('recipient', models.ForeignKey(blank=True, help_text='Leave empty to keep open records unassigned in their department.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reassign records of deactivated users to')),
                ('role', models.ForeignKey(blank=True, help_text='Leave empty if groups assign all roles. Only a group can make a user an administrator.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.role', verbose_name='role of new users')),
            ],
            options={
                'verbose_name': 'SCIM settings',
                'verbose_name_plural': 'SCIM settings',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ProvisionedGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=255)),
                ('department', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='provisioned', to='accounts.department')),
                ('role', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='provisioned', to='accounts.role')),
            ],
            options={
                'verbose_name': 'provisioned group',
                'verbose_name_plural': 'provisioned groups',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('role__isnull', True), ('department__isnull', True), _connector='XOR'), name='provisioned_group_is_one')],
            },
        ),
        migrations.CreateModel(
            name='HeldRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'role of a user',
                'db_table': 'accounts_user_groups',
                'unique_together': {('user', 'group')},
            },
        ),
        migrations.CreateModel(
            name='SpentNonce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'spent nonce',
            },
        ),
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The sign-in page has a button with this name, such as “Sign in with Google”.', max_length=60, unique=True, verbose_name='name')),
                ('issuer', models.CharField(help_text='Such as https://accounts.google.com. Its settings are read from there when you save.', max_length=300, unique=True, verbose_name='issuer address')),
                ('client_id', models.CharField(max_length=255, validators=[django.core.validators.RegexValidator('^[\\x21-\\x7e]+$', 'Enter letters, digits and signs without spaces.')], verbose_name='client ID')),
                ('secret', models.TextField(editable=False)),
                ('scopes', models.CharField(default='openid email profile', help_text='Separated by spaces. “openid” and “email” are required.', max_length=300, verbose_name='scopes')),
                ('groups_claim', models.CharField(default='groups', help_text='A claim of the ID token: a text or a list of texts. Use dots for claims inside of others.', max_length=100, verbose_name='claim with the groups')),
                ('domains', models.CharField(help_text='Only users with an email of these domains can sign in, such as example.com.', max_length=500, validators=[accounts.models.single_sign_on.known_domains], verbose_name='email domains')),
                ('trusts_emails', models.BooleanField(default=False, help_text='Microsoft doesn’t say whether an email is verified. Select this only if your own administrators decide which emails the provider’s accounts have.', verbose_name='accept emails that aren’t marked as verified')),
                ('trusts_sessions', models.BooleanField(default=False, help_text='Before something sensitive, users sign in again at the provider, which has to say when they did. Google says so only for verified apps. If you select this, someone at an unlocked computer can confirm without a password.', verbose_name='accept sign-ins without their time as confirmation')),
                ('method', models.CharField(blank=True, help_text='Leadwell’s own second step isn’t asked for. To accept only sign-ins with a second step at the provider, enter the value of “amr” or “acr” that stands for it, such as mfa.', max_length=60, verbose_name='required authentication method')),
                ('active', models.BooleanField(default=True, verbose_name='offered on the sign-in page')),
                ('document', models.JSONField(default=dict, editable=False)),
                ('keys', models.JSONField(default=dict, editable=False)),
                ('read_at', models.DateTimeField(editable=False, null=True)),
                ('default_department', models.ForeignKey(help_text='For users whose groups match no row with a department.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department without a match')),
                ('default_role', models.ForeignKey(blank=True, help_text='For users whose groups match no row. If empty, they get no account.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.role', verbose_name='role without a match')),
                ('heir', models.ForeignKey(blank=True, help_text='When a user is deactivated because no role is left. If empty, their records are unassigned.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='new owner of open records')),
                ('saved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'identity provider',
                'verbose_name_plural': 'identity providers',
            },
        ),
        migrations.CreateModel(
            name='ClaimRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='order')),
                ('value', models.CharField(max_length=200, verbose_name='value of the claim')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.role', verbose_name='role')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='accounts.identityprovider')),
            ],
            options={
                'verbose_name': 'mapping row',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SignOnPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('only', models.BooleanField(default=False, verbose_name='only single sign-on')),
                ('keepers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sign-on policy',
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=255)),
                ('values', models.JSONField(default=list)),
                ('linked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='accounts.identityprovider')),
            ],
            options={
                'verbose_name': 'identity',
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='accounts_identity_subject'), models.UniqueConstraint(fields=('provider', 'user'), name='accounts_identity_user')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='groups',
            field=models.ManyToManyField(blank=True, through='accounts.HeldRole', to='auth.group'),
        ),
    ]
