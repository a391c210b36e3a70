"""Documents that a person approves before anything posts by itself; connections of before go on posting.

Not beside an older version: what stops a new connection has a name that the older one does not know.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0022_when_orders_are_due'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='let_through',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
