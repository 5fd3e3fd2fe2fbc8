"""The migrations 0001 to 0011 in one: a new database gets each table once, with all its columns and indexes."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import mailings.models.mailing
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('mailings', '0001_squashed_0009_files_in_history'),
        ('mailings', '0010_consent'),
        ('mailings', '0011_skip_empty_merge_fields'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('customers', '0016_squashed_0022_deal_currency_of_the_company'),
        ('mailboxes', '0001_squashed_0006_tokens_with_database_defaults'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailingAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most_an_hour', models.PositiveIntegerField(default=500, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='hourly limit')),
                ('most_a_day', models.PositiveIntegerField(default=2000, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='daily limit')),
                ('most_a_minute_to_domain', models.PositiveIntegerField(default=60, help_text='Large providers reject faster senders.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='limit per minute and domain')),
                ('for_vip', models.BooleanField(default=False, help_text='Mailings to VIP leads are sent through this account and don’t count toward the limits of the others.', verbose_name='for VIP leads')),
                ('mailbox', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mailing_account', to='mailboxes.mailbox')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MailingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('description', models.CharField(blank=True, help_text='Recipients read it on the page where they unsubscribe.', max_length=200, verbose_name='description')),
            ],
            options={
                'verbose_name': 'mailing list',
                'verbose_name_plural': 'mailing lists',
            },
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='sent')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mailings', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('department', models.ForeignKey(help_text='The mailing is sent in its name, with its signature and through its mailbox.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), editable=False, null=True, size=None)),
                ('in_working_time', models.BooleanField(db_default=False, default=False, help_text='Emails are only sent in the working time of the department.', verbose_name='send only in working time')),
                ('most_bounces', models.PositiveSmallIntegerField(db_default=5, default=5, help_text='The mailing is paused when more of its emails bounce, counted from the 50th email on.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='bounce limit, in percent')),
                ('of', models.CharField(db_default='lead', default='lead', editable=False, max_length=40)),
                ('pause_days', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Recipients who received another mailing within this many days are skipped. Enter 0 to skip no one.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days between mailings')),
                ('plain', models.TextField(blank=True, db_default='', default='', help_text='For email programs that don’t show HTML. Leave it empty to generate it from the text.', max_length=50000, verbose_name='plain text')),
                ('preheader', models.CharField(blank=True, db_default='', default='', help_text='Email programs show it after the subject.', max_length=150, verbose_name='preview text')),
                ('query', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('send_at', models.DateTimeField(blank=True, null=True, verbose_name='send')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('asked', 'Waiting for approval'), ('scheduled', 'Scheduled'), ('sending', 'Sending'), ('paused', 'Paused'), ('sent', 'Sent'), ('cancelled', 'Canceled')], db_default='draft', default='draft', editable=False, max_length=10)),
                ('text', models.TextField(blank=True, db_default='', default='', max_length=50000, verbose_name='text')),
                ('tracks_clicks', models.BooleanField(db_default=False, default=False, help_text='Links lead through Leadwell, and each email says so.', verbose_name='track clicks')),
                ('tracks_opens', models.BooleanField(db_default=False, default=False, help_text='Each email says so. Many email programs hide opens or report too many.', verbose_name='track opens')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ('why', models.CharField(blank=True, db_default='', default='', editable=False, max_length=300)),
                ('list', models.ForeignKey(blank=True, help_text='Recipients can unsubscribe from this list alone, or from all mailings.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mailings', to='mailings.mailinglist', verbose_name='mailing list')),
                ('language', models.CharField(choices=[('en', 'English'), ('ro', 'Romanian')], db_default='en', default=mailings.models.mailing.language_here, help_text='For the notes below the email and the unsubscribe page.', max_length=10, verbose_name='language')),
                ('purpose', models.ForeignKey(blank=True, help_text='Recipients who haven’t given this consent, or have withdrawn it, are skipped. Leave it empty to send without it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.consentpurpose', verbose_name='only recipients with consent to')),
                ('skips_gaps', models.BooleanField(db_default=False, default=False, help_text='Recipients without a value for a merge field that has no fallback don’t get the mailing.', verbose_name='skip recipients with empty merge fields')),
            ],
            options={
                'verbose_name': 'mailing',
                'verbose_name_plural': 'mailings',
                'permissions': [('send_mailing', 'send mailings'), ('approve_mailing', 'approve large mailings')],
                'indexes': [models.Index(condition=models.Q(('state__in', ['scheduled', 'sending'])), fields=['state', 'send_at'], name='mailing_to_send')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(null=True, verbose_name='sent')),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='mailings.mailing')),
                ('address', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('complained_at', models.DateTimeField(null=True)),
                ('email_key', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('of', models.CharField(db_default='lead', default='lead', max_length=40)),
                ('opened_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('reason', models.CharField(blank=True, choices=[('hidden', 'Deleted, or not visible to the sender'), ('no_email', 'No email address'), ('disqualified', 'Disqualified'), ('unsubscribed', 'Unsubscribed'), ('bounced', 'Earlier email bounced'), ('suppressed', 'On the suppression list'), ('no_consent', 'No consent'), ('no_value', 'No value for a merge field'), ('recent', 'Received another mailing recently'), ('shared', 'Shares an address with another recipient'), ('cancelled', 'Mailing canceled')], db_default='', default='', max_length=14)),
                ('record', models.BigIntegerField()),
                ('replied_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Not delivered'), ('left_out', 'Skipped')], db_default='waiting', default='waiting', max_length=10)),
                ('taken_until', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
                ('vip', models.BooleanField(db_default=False, default=False)),
                ('account', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='mailings.mailingaccount')),
                ('unsubscribe_reason', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('digest', models.CharField(blank=True, db_default='', default='', max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mailing', 'of', 'record'), name='delivery_once'), models.UniqueConstraint(condition=models.Q(models.Q(('state', 'left_out'), _negated=True), models.Q(('email_key', ''), _negated=True)), fields=('mailing', 'email_key'), name='delivery_once_for_address')],
                'default_permissions': (),
                'indexes': [models.Index(fields=['mailing', 'state', 'reason', 'id'], name='delivery_of_mailing'), models.Index(fields=['of', 'record', 'mailing'], name='delivery_to_record'), models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['mailing', 'vip', 'id'], name='delivery_to_send'), models.Index(condition=models.Q(('state', 'sent')), fields=['account', 'at'], name='delivery_through'), models.Index(condition=models.Q(('state', 'sending')), fields=['account'], name='delivery_taken'), models.Index(condition=models.Q(('bounced_at__isnull', False)), fields=['mailing'], name='delivery_bounced'), models.Index(fields=['email_key', 'at'], name='delivery_to_address')],
            },
        ),
        migrations.CreateModel(
            name='ListUnsubscribe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_key', models.CharField(max_length=254)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsubscribes', to='mailings.mailinglist')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('list', 'email_key'), name='list_unsubscribe_once')],
            },
        ),
        migrations.CreateModel(
            name='MailingFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('size', models.PositiveBigIntegerField()),
                ('content_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('file', models.CharField(max_length=200)),
                ('has_thumbnail', models.BooleanField(default=False)),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='mailings.mailing')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
            ],
            options={
                'default_permissions': (),
                'verbose_name': 'file of a mailing',
                'verbose_name_plural': 'files of mailings',
            },
        ),
        migrations.CreateModel(
            name='MailingLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.TextField()),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='mailings.mailing')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('mailing', 'url'), name='mailing_link_once')],
            },
        ),
        migrations.CreateModel(
            name='Click',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clicks', to='mailings.delivery')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clicks', to='mailings.mailinglink')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('delivery', 'link'), name='click_once')],
            },
        ),
        migrations.CreateModel(
            name='MailingTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('folder', models.CharField(blank=True, default='', max_length=80, verbose_name='folder')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('preheader', models.CharField(blank=True, default='', max_length=150, verbose_name='preview text')),
                ('text', models.TextField(max_length=50000, verbose_name='text')),
                ('plain', models.TextField(blank=True, default='', max_length=50000, verbose_name='plain text')),
            ],
            options={
                'verbose_name': 'mailing template',
                'verbose_name_plural': 'mailing templates',
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Recipients see it before the email address.', max_length=100, verbose_name='sender name')),
                ('signature', models.TextField(blank=True, default='', help_text='Shown below every mailing of the department. You can use Markdown.', max_length=2000, verbose_name='signature')),
                ('department', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'default_permissions': ('change',),
                'verbose_name': 'sender',
                'verbose_name_plural': 'senders',
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, verbose_name='email address')),
                ('email_key', models.CharField(editable=False, max_length=254, unique=True)),
                ('reason', models.CharField(choices=[('bounced', 'Bounced'), ('complained', 'Marked as spam'), ('added', 'Added by a user')], default='added', max_length=10, verbose_name='reason')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
                'indexes': [models.Index(django.db.models.functions.text.Lower('address'), name='suppression_address')],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=255, unique=True)),
                ('selector', models.CharField(default='leadwell', help_text='The first part of the name of the DNS record. A new key needs a new selector.', max_length=63, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\Z', 'Enter letters, digits and hyphens, such as leadwell2.')], verbose_name='selector')),
                ('secret', models.TextField(editable=False)),
                ('public', models.TextField(editable=False)),
                ('signs', models.BooleanField(default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForgottenAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.CharField(choices=[('unsubscribed', 'unsubscribed'), ('bounced', 'Bounced'), ('complained', 'Marked as spam'), ('added', 'Added by a user')], max_length=14)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mailings.mailinglist')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('digest', 'list', 'reason'), name='forgotten_once', nulls_distinct=False)],
            },
        ),
    ]
