"""Goals of users, departments and the company."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.math
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_single_sign_on'),
        ("reports", "0008_kept_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('measure', models.CharField(choices=[('leads', 'New leads'), ('qualified', 'Qualified leads'), ('opportunities', 'Opportunities'), ('won', 'Won leads'), ('revenue', 'Revenue'), ('calls', 'Calls'), ('meetings', 'Meetings')], max_length=20, verbose_name='number')),
                ('target', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.01'), 'Enter a number greater than 0.')], verbose_name='target')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'default_permissions': ('add', 'change', 'delete'),
                'constraints': [models.UniqueConstraint(models.F('month'), models.F('user'), models.F('department'), models.F('measure'), name='goal_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('user', None), ('department', None), _connector='OR'), name='goal_of_one'), models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='goal_above_zero'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='goal_from_first_day'), models.CheckConstraint(condition=models.Q(('measure', 'revenue'), ('target', django.db.models.functions.math.Floor('target')), _connector='OR'), name='goal_of_whole_numbers')],
            },
        ),
    ]
