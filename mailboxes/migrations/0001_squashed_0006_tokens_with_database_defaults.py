"""The migrations 0001 to 0006 in one: a new database gets each table once, with all its columns and indexes."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mailboxes.models.mailbox
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('mailboxes', '0001_squashed_0002_personal_mailboxes'),
        ('mailboxes', '0003_unfinished_messages'),
        ('mailboxes', '0004_answers_to_invitations'),
        ('mailboxes', '0005_messages_begun_twice'),
        ('mailboxes', '0006_tokens_with_database_defaults'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
    ]

    operations = [
        migrations.CreateModel(
            name='OAuthClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('google', 'Google'), ('microsoft', 'Microsoft')], max_length=10, unique=True, verbose_name='provider')),
                ('client_id', models.CharField(max_length=255, validators=[django.core.validators.RegexValidator('^[\\x21-\\x7e]+$', 'Enter letters, digits and signs without spaces.')], verbose_name='client ID')),
                ('secret', models.TextField(editable=False)),
                ('tenant', models.CharField(blank=True, help_text='Of Microsoft: the ID or domain of your company’s directory. If empty, any account can be used.', max_length=100, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9.-]+$', 'Enter a tenant ID or a domain.')], verbose_name='tenant')),
            ],
            options={
                'verbose_name': 'OAuth client',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('address', models.EmailField(help_text='Emails are sent from this address.', max_length=254, verbose_name='email address')),
                ('sign_in', models.CharField(choices=[('password', 'Password'), ('google', 'Google (OAuth)'), ('microsoft', 'Microsoft (OAuth)')], db_default='password', default='password', max_length=10, verbose_name='sign-in')),
                ('username', models.CharField(blank=True, help_text='If empty, the email address is used.', max_length=254, verbose_name='username')),
                ('imap_host', models.CharField(max_length=255, validators=[mailboxes.models.mailbox.plain_host], verbose_name='IMAP server')),
                ('imap_port', models.PositiveIntegerField(default=993, help_text='The connection is always encrypted with TLS.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='IMAP port')),
                ('smtp_host', models.CharField(max_length=255, validators=[mailboxes.models.mailbox.plain_host], verbose_name='SMTP server')),
                ('smtp_port', models.PositiveIntegerField(default=465, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='SMTP port')),
                ('smtp_encryption', models.CharField(choices=[('tls', 'TLS from the start (port 465)'), ('starttls', 'STARTTLS (port 587)')], default='tls', max_length=10, verbose_name='SMTP encryption')),
                ('plus_addresses', models.BooleanField(default=False, help_text='Such as sales+code@example.com, which Google and Microsoft accept. Then replies also find their record if the sender’s program leaves out the headers that connect a reply to its email.', verbose_name='the server accepts plus addresses')),
                ('active', models.BooleanField(db_default=True, default=True, verbose_name='read and send emails')),
                ('secret', models.TextField(blank=True, default='', editable=False)),
                ('refresh_token', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('access_token', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('token_until', models.DateTimeField(editable=False, null=True)),
                ('problem', models.CharField(blank=True, default='', editable=False, max_length=300)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('notified', models.BooleanField(default=False, editable=False)),
                ('last_success_at', models.DateTimeField(editable=False, null=True)),
                ('next_check_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('busy_until', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('department', models.ForeignKey(help_text='Requests from unknown senders are added to this department. Its emails are sent through this mailbox.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('private', models.BooleanField(db_default=False, default=False, help_text='Emails of a new conversation are private until you share it. Emails that you write in Leadwell are always shared.', verbose_name='only you see new conversations')),
            ],
            options={
                'verbose_name': 'mailbox',
                'verbose_name_plural': 'mailboxes',
                'constraints': [models.UniqueConstraint(models.F('address'), name='mailbox_address', violation_error_message='This address already has a mailbox.'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('owner__isnull', False)), models.Q(('department__isnull', False), ('owner__isnull', True)), _connector='OR'), name='mailbox_shared_or_personal')],
            },
        ),
        migrations.CreateModel(
            name='MailboxFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('uid_validity', models.BigIntegerField()),
                ('last_uid', models.BigIntegerField()),
                ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='mailboxes.mailbox')),
                ('begun', models.CharField(blank=True, db_default='', default='', max_length=50)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('mailbox', 'name'), name='mailbox_folder')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.CharField(max_length=255)),
                ('uid_validity', models.BigIntegerField()),
                ('uid', models.BigIntegerField()),
                ('key', models.CharField(max_length=64, null=True, unique=True)),
                ('outcome', models.CharField(choices=[('request', 'new request'), ('timeline', 'added to the timeline'), ('answer', 'answer to an invitation'), ('bounce', 'bounced email'), ('automatic', 'automatic email, skipped'), ('own', 'sent by Leadwell, skipped'), ('known', 'already received'), ('too_large', 'too large'), ('unreadable', 'can’t be read'), ('limits', 'skipped: it takes too much time or memory to read'), ('unfinished', 'skipped: the server stopped twice while it was read'), ('bcc_sender', 'skipped: the bcc address belongs to another user'), ('bcc_none', 'skipped: none of its recipients is a lead or contact of the sender')], max_length=10)),
                ('of', models.CharField(blank=True, default='', max_length=40)),
                ('record', models.BigIntegerField(null=True)),
                ('sender', models.CharField(blank=True, default='', max_length=254)),
                ('subject', models.CharField(blank=True, default='', max_length=300)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mailbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='mailboxes.mailbox')),
                ('private', models.BooleanField(db_default=False, default=False)),
                ('thread', models.CharField(blank=True, db_default='', default='', max_length=64)),
            ],
            options={
                'verbose_name': 'received message',
                'default_permissions': (),
                'indexes': [models.Index(fields=['mailbox', '-id'], name='mailbox_newest_messages'), models.Index(condition=models.Q(('thread', ''), _negated=True), fields=['mailbox', 'thread'], name='mailbox_threads')],
                'constraints': [models.UniqueConstraint(fields=('mailbox', 'folder', 'uid_validity', 'uid'), name='mailbox_message')],
            },
        ),
        migrations.CreateModel(
            name='MessageEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.BigIntegerField(unique=True)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='mailboxes.message')),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
