from zoneinfo import ZoneInfo

from django.db import migrations, models


def from_its_first_day(apps, schema_editor):
    for here in apps.get_model("ledger", "Installation").objects.all():
        here.kept_from = (here.demo_epoch or here.created_at).astimezone(ZoneInfo("Asia/Shanghai")).date()
        here.save(update_fields=["kept_from"])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_successions_and_passwords")]

    operations = [
        migrations.AddField("installation", "kept_from", models.DateField(null=True)),
        migrations.RunPython(from_its_first_day, migrations.RunPython.noop),
        migrations.AlterField("installation", "kept_from", models.DateField()),
    ]
