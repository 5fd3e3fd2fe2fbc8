import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_start_page'),
    ]

    operations = [
        migrations.AddField(
            model_name='department',
            name='contact_within',
            field=models.PositiveIntegerField(blank=True, help_text='The working time in which a new lead must be contacted, such as 30 min or 4 h. A source’s own limit takes precedence. Leave empty for no limit.', null=True, validators=[django.core.validators.MinValueValidator(1, 'Enter at least 1 min.'), django.core.validators.MaxValueValidator(30000, 'Enter at most 500 h.')], verbose_name='first contact within'),
        ),
    ]
