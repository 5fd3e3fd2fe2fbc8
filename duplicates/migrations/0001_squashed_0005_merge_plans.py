"""The migrations 0001 to 0005 in one: a new database gets each table once, with all its columns and indexes."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from crm.platform.database.squashed_migrations import SquashedMigration
from django.conf import settings
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('duplicates', '0001_initial'),
        ('duplicates', '0002_rights_on_duplicates'),
        ('duplicates', '0003_moved_rows'),
        ('duplicates', '0004_policies'),
        ('duplicates', '0005_merge_plans'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0005_push'),
        ('crm', '0001_squashed_0035_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.PositiveSmallIntegerField(db_default=100, default=100, help_text='From 1 to 100. With 0, it isn’t compared.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='score of the same email')),
                ('phone', models.PositiveSmallIntegerField(db_default=90, default=90, help_text='From 1 to 100. With 0, it isn’t compared.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='score of the same phone')),
                ('domain', models.PositiveSmallIntegerField(db_default=80, default=80, help_text='From 1 to 100. With 0, it isn’t compared.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='score of companies with the same domain')),
                ('names', models.PositiveSmallIntegerField(db_default=95, default=95, help_text='From 1 to 100. With 0, it isn’t compared.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='highest score of similar names and companies')),
                ('similarity', models.PositiveSmallIntegerField(db_default=88, default=88, help_text='From 70 to 100: the share of letters that match, in the name of the person and in that of the company. With 100, only the same names count.', validators=[django.core.validators.MinValueValidator(70), django.core.validators.MaxValueValidator(100)], verbose_name='names are similar from')),
                ('warns', models.BooleanField(db_default=True, default=True, help_text='Users who add or edit a lead, contact or company see similar records among those that they may see, and then decide.', verbose_name='warn in forms')),
                ('nightly', models.BooleanField(db_default=False, default=False, help_text='After 2 a.m. in the time zone of the server.', verbose_name='scan every night')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('connect_api', models.CharField(choices=[('add', 'Add another record'), ('skip', 'Reject as a duplicate'), ('update', 'Update the existing record')], db_default='add', default='add', max_length=10, verbose_name='CRM Connect')),
                ('imports', models.CharField(choices=[('update', 'Update the record'), ('fill', 'Fill in empty fields only'), ('leave', 'Skip'), ('new', 'Add as a new record')], db_default='update', default='update', help_text='What a new import proposes. Users can choose otherwise for each import and each row.', max_length=10, verbose_name='imports: rows that look like existing records')),
                ('known_from', models.PositiveSmallIntegerField(db_default=100, default=100, help_text='From 70 to 100, for programs only. With 100 and the scores as delivered, only the same email counts.', validators=[django.core.validators.MinValueValidator(70), django.core.validators.MaxValueValidator(100)], verbose_name='a record already exists from a score of')),
                ('own_api', models.CharField(choices=[('add', 'Add another record'), ('skip', 'Reject as a duplicate'), ('update', 'Update the existing record')], db_default='add', default='add', max_length=10, verbose_name='API v2')),
                ('umbra_api', models.CharField(choices=[('add', 'Add another record'), ('skip', 'Reject as a duplicate'), ('update', 'Update the existing record')], db_default='add', default='add', max_length=10, verbose_name='Umbra ERP')),
            ],
            options={
                'verbose_name': 'rules of duplicates',
                'verbose_name_plural': 'rules of duplicates',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('records', models.PositiveIntegerField()),
                ('large', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Distinction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_table', models.CharField(max_length=10)),
                ('first_record', models.BigIntegerField()),
                ('second_table', models.CharField(max_length=10)),
                ('second_record', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'not a duplicate',
                'verbose_name_plural': 'not duplicates',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('first_table', 'first_record', 'second_table', 'second_record'), name='one_distinction')],
            },
        ),
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.IntegerField()),
                ('block', models.IntegerField()),
                ('score', models.PositiveSmallIntegerField()),
                ('reason', models.PositiveSmallIntegerField(choices=[(1, 'Same email'), (2, 'Same phone'), (3, 'Same domain'), (4, 'Same name and company'), (5, 'Similar name and company')])),
                ('table', models.CharField(max_length=10)),
                ('record', models.BigIntegerField()),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['-score', 'block'], name='likeness_best'), models.Index(fields=['group'], name='likeness_group')],
            },
        ),
        migrations.CreateModel(
            name='MovedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=80)),
                ('row', models.BigIntegerField()),
                ('table', models.CharField(max_length=20)),
                ('record', models.BigIntegerField()),
                ('into', models.BigIntegerField()),
                ('operation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.operation')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['operation', 'reference'], name='moved_by_merge')],
            },
        ),
        migrations.CreateModel(
            name='MergePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('match', models.CharField(choices=[('lead-email-name', 'Leads with the same email and name'), ('lead-email', 'Leads with the same email'), ('lead-phone-name', 'Leads with the same phone and name'), ('lead-phone', 'Leads with the same phone'), ('contact-email-name', 'Contacts with the same email and name'), ('contact-email', 'Contacts with the same email'), ('contact-phone-name', 'Contacts with the same phone and name'), ('contact-phone', 'Contacts with the same phone'), ('company-domain-name', 'Companies with the same domain and name'), ('company-domain', 'Companies with the same domain'), ('company-phone-name', 'Companies with the same phone and name')], default='lead-email-name', help_text='Capitals, marks and the format of phone numbers don’t matter.', max_length=20, verbose_name='records to merge')),
                ('keep', models.CharField(choices=[('oldest', 'The oldest record'), ('newest', 'The newest record'), ('fullest', 'The most complete record')], default='oldest', max_length=10, verbose_name='record to keep')),
                ('values', models.CharField(choices=[('newest', 'The value of the record that was changed last'), ('kept', 'The value of the kept record')], default='newest', help_text='Empty fields are filled either way. The kept record keeps its owner, department and status.', max_length=10, verbose_name='if records have different values')),
                ('groups', models.JSONField(default=list)),
                ('found', models.PositiveIntegerField(null=True)),
                ('skipped', models.JSONField(default=dict)),
                ('left_out', models.JSONField(default=list)),
                ('operation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.operation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
