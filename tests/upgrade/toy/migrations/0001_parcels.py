from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Parcel",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("weight", models.IntegerField()),
                ("grams", models.IntegerField(null=True)),
                ("moves", models.IntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO toy_parcel (id, weight, moves) SELECT number, number, 0 FROM generate_series(-4, 90) number"
        ),
    ]
