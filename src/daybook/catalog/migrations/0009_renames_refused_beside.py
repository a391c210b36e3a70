from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_names_of_customers_beside")]
    operations = [migrations.AddField("customercontact", "rename_refused_at", models.DateTimeField(null=True))]
