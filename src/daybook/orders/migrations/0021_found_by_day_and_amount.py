"""Orders are found by their amount; how many came on a day that is over is counted once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
        ('feeds', '0004_files_of_one_company'),
        ('orders', '0020_money_paid_out'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReceivedOnDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zone', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name_plural': 'received on days',
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['company', 'gross'], name='order_gross'),
        ),
        migrations.AddField(
            model_name='receivedonday',
            name='company',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddConstraint(
            model_name='receivedonday',
            constraint=models.UniqueConstraint(fields=('company', 'zone', 'day'), name='received_on_day_once'),
        ),
    ]
