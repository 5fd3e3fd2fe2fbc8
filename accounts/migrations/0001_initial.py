import accounts.models.user
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('country', django_countries.fields.CountryField(blank=True, help_text='Phone numbers without a country code are read as numbers of this country.', max_length=2, verbose_name='country')),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('group_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='auth.group')),
                ('key', models.CharField(blank=True, max_length=20)),
                ('retired', models.BooleanField(default=False, verbose_name='retired')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'permissions': [('see_own', 'sees own records'), ('see_unassigned', 'sees own records and the unassigned of own departments'), ('see_departments', 'sees the records of own departments'), ('see_all', 'sees the records of all departments')],
            },
            bases=('auth.group',),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('hue', models.PositiveSmallIntegerField(default=260)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('ro', 'Română')], max_length=5, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, choices=accounts.models.user.time_zones, max_length=50, verbose_name='time zone')),
                ('theme', models.CharField(blank=True, choices=[('', 'as the device'), ('light', 'light'), ('dark', 'dark')], max_length=5, verbose_name='colours')),
                ('density', models.CharField(blank=True, choices=[('', 'roomy'), ('compact', 'compact')], max_length=10, verbose_name='rows')),
                ('rows_per_page', models.PositiveSmallIntegerField(choices=[(25, '25'), (50, '50'), (100, '100'), (200, '200')], default=50, verbose_name='rows per page')),
                ('sign_out_count', models.PositiveIntegerField(default=0)),
                ('link_sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='password link sent')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections_made', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.department')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='departments',
            field=models.ManyToManyField(blank=True, related_name='users', through='accounts.Membership', to='accounts.department', verbose_name='departments'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'department'), name='membership_once'),
        ),
    ]
