"""The score of a lead counts in the queue."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0036_score_proposal'),
    ]

    operations = [
        migrations.AddField(
            model_name='queuerules',
            name='score',
            field=models.PositiveSmallIntegerField(db_default=100, default=100, help_text='This much of the score of a lead is added to its points. 0 leaves the score aside.', validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='score, in percent'),
        ),
    ]
