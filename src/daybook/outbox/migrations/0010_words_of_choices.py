from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0009_order_files_as_a_kind'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attempt',
            name='result',
            field=models.CharField(choices=[('pending', 'No answer yet'), ('answered', 'The ledger answered'), ('not_sent', 'Not sent'), ('unknown', 'Outcome unknown'), ('refused', 'Refused as a whole')], default='pending', max_length=10),
        ),
        migrations.AlterField(
            model_name='attemptentry',
            name='outcome',
            field=models.CharField(choices=[('pending', 'No answer yet'), ('posted', 'Posted'), ('rejected', 'The ledger said no'), ('not_sent', 'Not sent'), ('unknown', 'Unknown')], default='pending', max_length=10),
        ),
    ]
