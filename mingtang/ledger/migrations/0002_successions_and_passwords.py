"""Who carries the rest of a split, which columns were given by name; passwords that hold for one log-in."""

from django.db import migrations, models


def first_branch_carries_the_rest(apps, schema_editor):
    """Until now everything went to the first successor."""
    Succession = apps.get_model("ledger", "Succession")
    seen = set()
    for pk, predecessor in Succession.objects.order_by("pk").values_list("pk", "predecessor_id"):
        if predecessor in seen:
            Succession.objects.filter(pk=pk).update(rest=False)
        seen.add(predecessor)


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="person", name="password_once", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="succession", name="columns", field=models.JSONField(default=list)),
        migrations.AddField(model_name="succession", name="rest", field=models.BooleanField(default=True)),
        migrations.RunPython(first_branch_carries_the_rest, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rest", True)), fields=("predecessor",), name="one_successor_carries_the_rest"
            ),
        ),
    ]
