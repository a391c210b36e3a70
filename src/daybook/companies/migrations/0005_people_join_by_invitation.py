"""People join by invitation; second factors are sealed; nobody has further addresses that nobody verified.

Until now allauth's page of addresses let a person take any address. Whoever used it keeps their account and the
address, which then does not count as proven (companies/models.py: Person.address_proven_at).
"""

import daybook.kit.clock
import daybook.kit.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower

from daybook.kit import clock
from daybook.secrets import factors


def judge_addresses(apps, schema_editor):
    """Take the known addresses for proven, but for those that allauth's page may have changed; forget its rows."""
    person = apps.get_model("companies", "Person")
    address = apps.get_model("account", "EmailAddress")
    person.objects.update(email=Lower("email"))
    touched = address.objects.values("user_id")
    person.objects.exclude(pk__in=touched).update(address_proven_at=clock.now())
    address.objects.all().delete()


def seal_factors(apps, schema_editor):
    """Seal what second factors are made of."""
    for row in apps.get_model("mfa", "Authenticator").objects.all():
        row.data = factors.changed(
            row.data, lambda text: text if factors.is_sealed(text) else factors.seal(text)
        )
        row.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0004_zone_of_times_without_one'),
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        migrations.AddField(
            model_name='companysettings',
            name='require_second_factor',
            field=models.BooleanField(default=False, verbose_name='Everybody needs a second factor'),
        ),
        migrations.AddField(
            model_name='person',
            name='address_proven_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('is_mailed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=daybook.kit.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=daybook.kit.ids.public_id, max_length=32, unique=True)),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'Owner: everything, people and keys too'), ('accountant', 'Accountant: settings and documents'), ('viewer', 'Viewer: looks only')], max_length=16)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('is_mailed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=daybook.kit.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='', max_length=16)),
                ('answered_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='companies.company')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['email'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('company', 'email'), name='invitation_open_once')],
            },
        ),
        migrations.RunPython(judge_addresses, migrations.RunPython.noop),
        migrations.RunPython(seal_factors, migrations.RunPython.noop),
    ]
