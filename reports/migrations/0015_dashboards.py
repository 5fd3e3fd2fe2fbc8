"""Dashboards, and their emails."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_invited_by'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('reports', '0014_last_touched'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='pin',
            name='report',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reports.report', verbose_name='report'),
        ),
        migrations.AlterField(
            model_name='report',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='department'),
        ),
        migrations.AlterField(
            model_name='report',
            name='role',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group', verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='reportschedule',
            name='pause',
            field=models.CharField(blank=True, choices=[('user', 'You paused these emails.'), ('inactive', 'Your account was deactivated.'), ('permission', 'You no longer have the permission to view reports.'), ('deleted', 'The report or dashboard was deleted.'), ('hidden', 'The report or dashboard is no longer shared with you.'), ('no_parts', 'The dashboard has no reports that you may view.'), ('problem', 'The report can’t be computed anymore.')], max_length=10),
        ),
        migrations.CreateModel(
            name='Dashboard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('version', models.PositiveIntegerField(db_default=1, default=1)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.department', verbose_name='department')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='auth.group', verbose_name='role')),
            ],
            options={
                'verbose_name': 'dashboard',
                'verbose_name_plural': 'dashboards',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='reportschedule',
            name='dashboard',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='reports.dashboard'),
        ),
        migrations.CreateModel(
            name='DashboardPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, default='', max_length=40)),
                ('query', models.TextField(blank=True, default='')),
                ('wide', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('dashboard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='reports.dashboard', verbose_name='dashboard')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reports.report', verbose_name='report')),
            ],
            options={
                'verbose_name': 'part of a dashboard',
                'verbose_name_plural': 'parts of dashboards',
                'default_permissions': (),
            },
        ),
    ]
