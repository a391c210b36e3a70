"""Files of orders: what came, its bytes, and the places that are watched for more."""

import daybook.kit.clock
import daybook.kit.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
        ('feeds', '0002_asked_in_turn'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IncomingFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=daybook.kit.ids.public_id, max_length=32, unique=True)),
                ('name', models.CharField(max_length=255)),
                ('size', models.BigIntegerField()),
                ('modified', models.BigIntegerField(null=True)),
                ('digest', models.CharField(max_length=64)),
                ('reading', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('shown', 'Uploaded, nothing taken in yet'), ('kept', 'Being taken in'), ('taken', 'Taken in'), ('refused', 'Nothing taken in'), ('same', 'The same file as before'), ('aside', 'Put aside')], max_length=8)),
                ('is_watched', models.BooleanField(default=False)),
                ('moved_at', models.DateTimeField(null=True)),
                ('came_at', models.DateTimeField(default=daybook.kit.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True)),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('ignored', models.PositiveIntegerField(default=0)),
                ('problems', models.JSONField(default=list)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('feed', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='feeds.feed')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [
                    models.Index(fields=['company', '-id'], name='incoming_file_listed'),
                    models.Index(fields=['feed', 'digest'], name='incoming_file_same'),
                    models.Index(fields=['feed', 'name'], name='incoming_file_name'),
                    models.Index(condition=models.Q(('state', 'kept'), models.Q(('is_watched', True), ('moved_at__isnull', True)), _connector='OR'), fields=['feed'], name='incoming_file_open'),
                ],
                'constraints': [models.UniqueConstraint(fields=('company', 'id'), name='incoming_file_of_company')],
            },
        ),
        migrations.CreateModel(
            name='FilePiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='feeds.incomingfile')),
            ],
            options={
                'ordering': ['file', 'number'],
                'constraints': [
                    models.UniqueConstraint(fields=('company', 'id'), name='file_piece_of_company'),
                    models.UniqueConstraint(fields=('file', 'number'), name='file_piece_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WatchedPlace',
            fields=[
                ('feed', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='watched', serialize=False, to='feeds.feed')),
                ('their_id', models.CharField(max_length=300, unique=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('looked_at', models.DateTimeField(null=True)),
                ('seen', models.JSONField(default=dict)),
                ('shown_key', models.TextField(blank=True, default='')),
                ('problem', models.CharField(blank=True, default='', max_length=500)),
                ('problem_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='watched_due')],
            },
        ),
    ]
