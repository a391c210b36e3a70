"""A connection may post what is paid, or dispatched in part."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0021_bills_of_fees_beside'),
    ]

    operations = [
        migrations.AlterField(
            model_name='postingsettings',
            name='post_when',
            field=models.CharField(choices=[('dispatched', 'When the order has been dispatched'), ('part_dispatched', 'Each part as it is dispatched'), ('paid', 'When the order has been paid in full'), ('received', 'As soon as the order is received')], default='dispatched', max_length=16, verbose_name='Post when'),
        ),
    ]
