from django.db import migrations, models


def fill(apps, schema_editor):
    """Papers that were published before threads were kept: the one kind that had a field to make one of."""
    from mingtang.disclosure.kinds import kinds

    document = apps.get_model("disclosure", "Document")
    found = document.objects.filter(kind="key_area", live__data__project_code__isnull=False)
    for pk, data in list(found.values_list("pk", "live__data")):
        document.objects.filter(pk=pk).update(thread=kinds()["key_area"].thread_of(data))


class Migration(migrations.Migration):

    dependencies = [
        ("disclosure", "0002_review"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="thread",
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["thread"], name="document_thread"),
        ),
    ]
