"""The day a case was answered or taken back, apart from the day its answer left."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def part(apps: Any, schema_editor: Any) -> None:
    """Until now a case taken back held the day of it as the day of reply."""
    cases = apps.get_model("casework", "Case").objects
    cases.filter(replied_on__isnull=False).update(concluded_on=F("replied_on"))
    cases.filter(concluded_on__isnull=True, state="closed").update(concluded_on=F("closed_on"))
    taken_back = apps.get_model("casework", "Step").objects.filter(step="withdraw").values("case_id")
    cases.filter(state="closed", letters__isnull=True, stated_by="", pk__in=taken_back).update(
        replied_on=None, state="withdrawn"
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    # The days are parted in a transaction of their own: PostgreSQL changes no table that has rows waiting.
    atomic = False
    operations = [
        migrations.AddField("case", "concluded_on", models.DateField(null=True)),
        migrations.RunPython(part, migrations.RunPython.noop, atomic=True),
        migrations.RemoveIndex("case", "case_counted"),
        migrations.RemoveIndex("case", "case_by_year"),
        migrations.AddIndex(
            "case", models.Index(fields=["counted_on", "concluded_on"], name="case_counted")
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["received_on", "concluded_on"], name="case_by_year")
        ),
    ]
