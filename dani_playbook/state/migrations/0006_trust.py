"""The lock, approvals, used plans, sessions and keys; and the one row of the lock."""

from typing import Any

from django.db import migrations, models


def make_lock(apps: Any, schema_editor: Any) -> None:
    """Where there is none yet."""
    apps.get_model("dani_state", "Lock").objects.using(schema_editor.connection.alias).get_or_create(pk="system")


class Migration(migrations.Migration):

    dependencies = [
        ('dani_state', '0005_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessSession',
            fields=[
                ('token_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('account', models.CharField(db_index=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('password_mark', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('key_id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('key_hash', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=100)),
                ('account', models.CharField(db_index=True, max_length=200)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(db_index=True, max_length=128)),
                ('approver', models.CharField(max_length=200)),
                ('roles', models.JSONField(default=list)),
                ('way', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('nonce', models.CharField(max_length=64, unique=True)),
                ('mac', models.CharField(max_length=64)),
                ('used_by', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Lock',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('token', models.PositiveBigIntegerField(default=0)),
                ('holder', models.CharField(blank=True, max_length=255)),
                ('host', models.CharField(blank=True, max_length=255)),
                ('pid', models.PositiveBigIntegerField(default=0)),
                ('backend', models.PositiveBigIntegerField(default=0)),
                ('run', models.CharField(blank=True, max_length=64)),
                ('acquired_at', models.DateTimeField(null=True)),
                ('heartbeat_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='UsedPlan',
            fields=[
                ('plan_id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('run', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='run',
            name='request',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='run',
            name='token',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='LoginAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'at'], name='dani_login_attempt')],
            },
        ),
        migrations.RunPython(make_lock, migrations.RunPython.noop),
    ]
