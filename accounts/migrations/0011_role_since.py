"""Since when a user has a role: Django's table of the groups of users becomes a model with one more column."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

# No one got a role before their account was made, and when they got it wasn't recorded.
SINCE = """
    UPDATE accounts_user_groups SET since = accounts_user.joined_at
    FROM accounts_user WHERE accounts_user.id = user_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_provisioning'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='HeldRole',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'role of a user',
                        'db_table': 'accounts_user_groups',
                        'unique_together': {('user', 'group')},
                    },
                ),
                migrations.AlterField(
                    model_name='user',
                    name='groups',
                    field=models.ManyToManyField(blank=True, through='accounts.HeldRole', to='auth.group'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='heldrole',
            name='since',
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now),
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
    ]
