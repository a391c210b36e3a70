"""A feed may post what is paid, or dispatched in part; what news tell."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feeds', '0004_files_of_one_company'),
    ]

    operations = [
        migrations.AlterField(
            model_name='feed',
            name='brings',
            field=models.CharField(choices=[('sales', 'Other sales: each order becomes documents'), ('news', 'News about the same sales: dispatch, cancellation, cost; never a document of its own')], db_default='sales', default='sales', max_length=8),
        ),
        migrations.AlterField(
            model_name='feed',
            name='post_when',
            field=models.CharField(blank=True, choices=[('', "As the connection's settings say"), ('dispatched', 'When the order has been dispatched'), ('part_dispatched', 'Each part as it is dispatched'), ('paid', 'When the order has been paid in full'), ('received', 'As soon as the order is received')], default='', max_length=16),
        ),
    ]
