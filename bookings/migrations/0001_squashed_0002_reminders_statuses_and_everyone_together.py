"""The migrations 0001 to 0002 in one: a new database gets each table once, with all its columns and indexes."""

import crm.fields.types.texts
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from crm.platform.database.squashed_migrations import SquashedMigration
from django.db import migrations, models


class Migration(SquashedMigration):

    replaces = [
        ('bookings', '0001_initial'),
        ('bookings', '0002_reminders_statuses_and_everyone_together'),
    ]

    initial = True

    dependencies = [
        ('crm', '0001_squashed_0035_installation'),
        ('intake', '0001_squashed_0008_published_form_in_words'),
        ('leads', '0001_squashed_0040_no_shows_in_queue'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookingPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(help_text='Visitors see it as the title of the page and of the meeting.', max_length=80, validators=[crm.fields.types.texts.one_line], verbose_name='name')),
                ('slug', models.SlugField(db_index=False, help_text='The last part of the page’s address: letters, digits and hyphens.', max_length=60, unique=True, verbose_name='address')),
                ('intro', models.TextField(blank=True, max_length=2000, verbose_name='introduction')),
                ('published', models.BooleanField(default=True, help_text='Visitors can open the page once it’s published.', verbose_name='published')),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None, verbose_name='people')),
                ('choice', models.CharField(choices=[('turn', 'in turn: who was booked longest ago'), ('first', 'the first by name who is free'), ('all', 'everyone together')], default='turn', help_text='With several people. Together, all of them have to be free, and the first by name invites the others.', max_length=5, verbose_name='who is booked')),
                ('host_owns', models.BooleanField(default=True, help_text='Otherwise they get the owner that the web form says.', verbose_name='new leads belong to the person who is booked')),
                ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)], verbose_name='length in minutes')),
                ('minutes_before', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='free minutes before')),
                ('minutes_after', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='free minutes after')),
                ('notice_hours', models.PositiveSmallIntegerField(default=4, help_text='A meeting begins at least so many hours after it’s booked.', validators=[django.core.validators.MaxValueValidator(720)], verbose_name='notice in hours')),
                ('days_ahead', models.PositiveSmallIntegerField(default=60, help_text='How far ahead visitors can book.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days ahead')),
                ('most_a_day', models.PositiveSmallIntegerField(default=0, help_text='Of each person through this page. Enter 0 for no limit.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='most bookings a day')),
                ('place', models.CharField(blank=True, help_text='An address, a phone number or the link of a call.', max_length=200, validators=[crm.fields.types.texts.one_line], verbose_name='place')),
                ('form', models.ForeignKey(help_text='Its questions are asked after a time is chosen. Its language, its colors, its limits against spam and what it says about new leads apply too.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.webform', verbose_name='web form')),
                ('reminders', models.CharField(choices=[('none', 'none'), ('day', 'a day before'), ('hour', 'an hour before'), ('both', 'a day and an hour before')], db_default='none', default='day', help_text='Emails to the visitor. Later bookings get only the invitation.', max_length=4, verbose_name='reminders')),
                ('status', models.ForeignKey(blank=True, help_text='Leads move to it when a time is booked, as far as the rules of the status allow.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.status', verbose_name='status')),
            ],
            options={
                'verbose_name': 'booking page',
                'verbose_name_plural': 'booking pages',
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zone', models.CharField(max_length=50)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('activity', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crm.activity')),
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intake.submission')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.bookingpage')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='BookingReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ahead', models.CharField(max_length=4)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=7)),
                ('booking', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='bookings.booking')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('booking', 'ahead', 'at'), name='booking_reminder')],
            },
        ),
    ]
