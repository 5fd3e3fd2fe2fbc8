"""Automations and their log. In an existing installation, Company Managers get the permissions on them, as in a new one."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


ACTIONS = ("view", "add", "change", "delete")


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role").objects.filter(key="company").first()
    if role is None:
        # A new installation has no roles yet.
        return
    automations, _made = types.objects.get_or_create(app_label="automations", model="automation")
    for action in ACTIONS:
        permission, _made = permissions.objects.get_or_create(
            content_type=automations,
            codename=f"{action}_automation",
            defaults={"name": f"Can {action} automation"},
        )
        role.permissions.add(permission)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0016_invited_by"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Automation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('table_of', models.CharField(max_length=40, verbose_name='record type')),
                ('turned_on', models.BooleanField(db_default=False, default=False, verbose_name='turned on')),
                ('trigger', models.CharField(choices=[('added', 'is added'), ('field_changed', 'has a field changed'), ('status_entered', 'gets a status'), ('status_left', 'leaves a status')], default='added', max_length=20, verbose_name='when a record')),
                ('trigger_values', models.JSONField(blank=True, db_default={}, default=dict, verbose_name='trigger values')),
                ('for_imports', models.BooleanField(db_default=False, default=False, help_text='An import can wake the automation for thousands of records at once.', verbose_name='also for imports')),
                ('conditions', models.TextField(blank=True, verbose_name='conditions')),
                ('steps', models.JSONField(db_default=[], default=list, verbose_name='steps')),
                ('most_an_hour', models.PositiveIntegerField(db_default=1000, default=1000, help_text='Further records within the hour are skipped and listed in the log.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)], verbose_name='most records an hour')),
                ('off_reason', models.CharField(blank=True, choices=[('owner_inactive', 'The owner is no longer active.'), ('owner_permissions', 'The owner no longer has the permissions for its steps.'), ('conditions', 'Its conditions or steps name something that no longer exists.'), ('faults', 'It failed several times in a row.')], db_default='', default='', max_length=20, verbose_name='why it was turned off')),
                ('position', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('owner', models.ForeignKey(help_text='The automation changes only what its owner may change.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'automation',
                'verbose_name_plural': 'automations',
            },
        ),
        migrations.CreateModel(
            name='WakingOperation',
            fields=[
                ('operation', models.BigIntegerField(primary_key=True, serialize=False)),
                ('waiting', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AutomationState',
            fields=[
                ('automation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='automations.automation')),
                ('faults', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('limit_told_at', models.DateTimeField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AutomationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('waking', models.BigIntegerField()),
                ('record', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(choices=[('acted', 'acted'), ('unchanged', 'already set'), ('refused', 'can’t be changed'), ('unmet', 'conditions not met'), ('unseen', 'not visible to the owner'), ('limit', 'limit an hour reached'), ('depth', 'too many automations in a row'), ('fault', 'failed')], max_length=10, verbose_name='outcome')),
                ('reasons', models.JSONField(db_default=[], default=list)),
                ('written', models.BigIntegerField(null=True)),
                ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='automations.automation')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='automation',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='automation_once'),
        ),
        migrations.AddIndex(
            model_name='automationrun',
            index=models.Index(fields=['automation', '-id'], name='automation_run_newest'),
        ),
        migrations.AddIndex(
            model_name='automationrun',
            index=models.Index(fields=['automation', 'outcome', '-id'], name='automation_run_outcome'),
        ),
        migrations.AddIndex(
            model_name='automationrun',
            index=models.Index(fields=['automation', 'at'], name='automation_run_at'),
        ),
        migrations.AddIndex(
            model_name='automationrun',
            index=models.Index(fields=['record'], name='automation_run_record'),
        ),
        migrations.AddConstraint(
            model_name='automationrun',
            constraint=models.UniqueConstraint(fields=('automation', 'waking', 'record'), name='automation_run_once'),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
