"""Times without a zone are read in the organisation's; whether UTC, the default so far, was meant, a person is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("companies", "0003_cash_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name='companysettings',
            name='order_time_zone_confirmed',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='companysettings',
            name='undated_days',
            field=models.PositiveSmallIntegerField(blank=True, default=7, null=True, verbose_name='Undated orders: days since ordered'),
        ),
        migrations.AlterField(
            model_name='companysettings',
            name='order_time_zone',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='Time zone of the OMS'),
        ),
        migrations.RunSQL(
            "UPDATE companies_companysettings SET order_time_zone_confirmed = false WHERE order_time_zone = 'UTC'",
            migrations.RunSQL.noop,
        ),
    ]
