"""For how many days a company's inbox keeps what came."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
    ]

    operations = [
        migrations.AddField(
            model_name='companysettings',
            name='keep_deliveries_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3660)], verbose_name='Days that the inbox keeps what came'),
        ),
    ]
