"""The migrations 0001 to 0003 in one: a new database gets each table once, with all its columns and indexes."""

import assistants.models.assistant_program
import assistants.models.change_preview
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from crm.platform.database.squashed_migrations import SquashedMigration
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('assistants', '0001_initial'),
        ('assistants', '0002_connections'),
        ('assistants', '0003_booking_sends'),
    ]

    initial = True

    dependencies = [
        ('crm', '0001_squashed_0035_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssistantLimits',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assistant_limits', serialize=False, to='crm.token')),
                ('preview_above', models.PositiveIntegerField(db_default=1, default=1, help_text='A bulk change of more records, or the undo of one, has to be previewed first.', validators=[django.core.validators.MaxValueValidator(3000)], verbose_name='records changed without a preview')),
                ('records_per_call', models.PositiveIntegerField(db_default=100, default=100, help_text='A call that would change more is refused.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3000)], verbose_name='records per call')),
                ('records_per_hour', models.PositiveIntegerField(db_default=500, default=500, help_text='Once the assistant has changed so many, it has to wait for the next hour.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='records per hour')),
                ('may_send', models.BooleanField(db_default=False, default=False, help_text='To customers, by starting sequences and by booking, moving and canceling meetings.', verbose_name='may send emails')),
            ],
            options={
                'verbose_name': 'limits of an assistant',
                'verbose_name_plural': 'limits of assistants',
            },
        ),
        migrations.CreateModel(
            name='AssistantUse',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='assistant_use', serialize=False, to='crm.token')),
                ('hour', models.DateTimeField()),
                ('records', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ChangePreview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=assistants.models.change_preview.build_code, max_length=40, unique=True)),
                ('tool', models.CharField(max_length=40)),
                ('arguments', models.JSONField()),
                ('versions', models.JSONField(default=dict)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('used_at', models.DateTimeField(null=True)),
                ('frozen_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.frozenset')),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.token')),
            ],
        ),
        migrations.CreateModel(
            name='AssistantProgram',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=assistants.models.assistant_program.build_public_id, max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('redirect_uris', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), size=None)),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('address', models.GenericIPAddressField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AssistantConnection',
            fields=[
                ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='connection', serialize=False, to='crm.token')),
                ('redirect_uri', models.CharField(max_length=500)),
                ('challenge', models.CharField(max_length=128)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('code_until', models.DateTimeField()),
                ('code_used_at', models.DateTimeField(null=True)),
                ('access_until', models.DateTimeField(null=True)),
                ('family_hash', models.CharField(max_length=64, unique=True)),
                ('renewal_hash', models.CharField(blank=True, default='', max_length=64)),
                ('renewal_until', models.DateTimeField(null=True)),
                ('session_hash', models.CharField(max_length=64)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='assistants.assistantprogram')),
            ],
            options={
                'verbose_name': 'connection of an assistant',
                'verbose_name_plural': 'connections of assistants',
                'permissions': [('connect_assistant', 'Can connect assistants')],
                'default_permissions': (),
            },
        ),
    ]
