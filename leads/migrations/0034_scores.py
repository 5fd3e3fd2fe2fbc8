"""Rules of points and the scores of leads; in an existing installation, Company Managers get the permissions on the rules."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.functions.text
import leads.models.score_rule
from django.db import migrations, models


ACTIONS = ("view", "add", "change", "delete")


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role").objects.filter(key="company").first()
    if role is None:
        # A new installation has no roles yet.
        return
    rules, _made = types.objects.get_or_create(app_label="leads", model="scorerule")
    for action in ACTIONS:
        permission, _made = permissions.objects.get_or_create(
            content_type=rules,
            codename=f"{action}_scorerule",
            defaults={"name": f"Can {action} score rule"},
        )
        role.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_invited_by'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('leads', '0033_currency_of_the_company'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoreRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('turned_on', models.BooleanField(db_default=True, default=True, verbose_name='turned on')),
                ('counts', models.CharField(choices=[('fact', 'leads that meet conditions'), ('call', 'calls that reached someone'), ('missed', 'calls without an answer'), ('meeting', 'meetings that took place'), ('received', 'emails received'), ('sent', 'emails sent')], default='fact', max_length=10, verbose_name='what it counts')),
                ('points', models.SmallIntegerField(help_text='From −100 to 100. Negative points lower the score.', validators=[django.core.validators.MinValueValidator(-100), django.core.validators.MaxValueValidator(100), leads.models.score_rule.refuse_no_points], verbose_name='points')),
                ('conditions', models.TextField(blank=True, verbose_name='conditions')),
                ('fades_over', models.PositiveSmallIntegerField(blank=True, help_text='The points of each activity go down evenly and are 0 after these days. Empty means they stay.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='fades over days')),
                ('at_most', models.PositiveSmallIntegerField(blank=True, help_text='All these activities of a lead together give no more points than this, from 1 to 1,000.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='at most')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'score rule',
                'verbose_name_plural': 'score rules',
            },
        ),
        migrations.CreateModel(
            name='ScoreState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.TextField(blank=True)),
                ('changed', models.TextField(blank=True)),
                ('reads_values', models.BooleanField()),
                ('reads_activities', models.BooleanField()),
                ('rules', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
                ('rounds', models.PositiveSmallIntegerField(default=0)),
                ('scored_to', models.BigIntegerField(null=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='lead',
            name='score',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='score'),
        ),
        migrations.AddConstraint(
            model_name='scorerule',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired', False)), name='score_rule_once'),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
