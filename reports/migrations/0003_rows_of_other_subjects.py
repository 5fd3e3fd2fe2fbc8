"""Models for rows of other subjects, which write nothing, and when the first contact of a lead was due."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_all_leads'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoneOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(max_length=40)),
                ('type', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'crm_activity',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DoneOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(max_length=40)),
                ('type', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'crm_activity',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportedOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=6)),
            ],
            options={
                'db_table': 'crm_change',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportedOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=6)),
            ],
            options={
                'db_table': 'crm_change',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SentOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('problem', models.CharField(max_length=300)),
                ('at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'mailings_delivery',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SentOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=10)),
                ('problem', models.CharField(max_length=300)),
                ('at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'mailings_delivery',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StayOfCurrentProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered', models.DateTimeField()),
                ('left', models.DateTimeField(null=True)),
                ('undone', models.BooleanField()),
            ],
            options={
                'db_table': 'leads_statusmove',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StayOfLeadProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered', models.DateTimeField()),
                ('left', models.DateTimeField(null=True)),
                ('undone', models.BooleanField()),
            ],
            options={
                'db_table': 'leads_statusmove',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='leadprogress',
            name='contact_due_at',
            field=models.DateTimeField(null=True, verbose_name='first contact due'),
        ),
        # Leads with a limit are derived again, with the time at which their first contact was due.
        migrations.RunSQL(
            """
            INSERT INTO reports_changedlead (lead) SELECT l.id FROM leads_lead l
            WHERE l.source_id IN (SELECT o.id FROM leads_source o WHERE o.contact_within IS NOT NULL)
                OR l.department_id IN (SELECT d.id FROM accounts_department d WHERE d.contact_within IS NOT NULL)
            """,
            migrations.RunSQL.noop,
        ),
    ]
