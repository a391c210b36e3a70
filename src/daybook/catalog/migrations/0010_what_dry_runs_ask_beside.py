from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0009_renames_refused_beside"),
    ]

    operations = [
        migrations.AddField(
            model_name='taxrate',
            name='applies_to_liabilities',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='on_hand',
            field=models.DecimalField(decimal_places=4, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='stock_value',
            field=models.DecimalField(decimal_places=4, max_digits=18, null=True),
        ),
    ]
