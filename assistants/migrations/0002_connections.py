"""Programs that have registered themselves, and the connections that users have agreed to."""

import assistants.models.assistant_program
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assistants', '0001_initial'),
        ('crm', '0068_assistants'),
    ]

    operations = [
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
