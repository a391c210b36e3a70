from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0006_posting_rules'),
    ]

    operations = [
        migrations.AlterField(
            model_name='postingsettings',
            name='when_tax_differs',
            field=models.CharField(choices=[('hold', 'Hold the document and say why'), ('keep_gross', "Keep the gross, let {ledger}'s tax stand")], default='hold', max_length=16, verbose_name='When tax cannot be met'),
        ),
    ]
