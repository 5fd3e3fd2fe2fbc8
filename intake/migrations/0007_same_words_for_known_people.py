"""Web forms and incoming webhooks ask what happens with known people, and for owner and status, with the same words."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0006_language_of_company'),
        ('leads', '0032_names_of_colors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='incomingwebhook',
            name='duplicates',
            field=models.CharField(choices=[('add', 'add another lead'), ('fill', 'fill the empty fields of the lead'), ('note', 'add a note to the lead'), ('skip', 'skip the call')], default='add', help_text='What happens if a lead has the same email or phone.', max_length=6, verbose_name='known people'),
        ),
        migrations.AlterField(
            model_name='incomingwebhook',
            name='owner',
            field=models.ForeignKey(blank=True, help_text='Unassigned leads get an owner by the assignment rules.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AlterField(
            model_name='webform',
            name='duplicates',
            field=models.CharField(choices=[('add', 'add another lead'), ('fill', 'fill the empty fields of the lead'), ('note', 'add a note to the lead')], default='add', help_text='What happens if an open lead has the same email or phone.', max_length=4, verbose_name='known people'),
        ),
        migrations.AlterField(
            model_name='webform',
            name='status',
            field=models.ForeignKey(blank=True, help_text='If empty, leads start in the default status of the department.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status', verbose_name='status'),
        ),
    ]
