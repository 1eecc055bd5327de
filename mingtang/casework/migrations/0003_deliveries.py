"""One list of ways to deliver: what the desk's own words of paper meant is said with the list's."""

from typing import Any

from django.db import migrations, models

MEANT = {"paper_post": "post", "paper_hand": "pickup"}
CHOICES = [("electronic", "电子文件"), ("post", "纸质，邮寄"), ("pickup", "纸质，当面领取"), ("read", "查阅、抄录")]


def say_alike(apps: Any, schema_editor: Any) -> None:
    for old, new in MEANT.items():
        apps.get_model("casework", "Case").objects.filter(delivery=old).update(delivery=new)


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_concluded")]
    operations = [
        migrations.RunPython(say_alike, migrations.RunPython.noop),
        migrations.AlterField(
            "case", "delivery", models.CharField(choices=CHOICES, default="electronic", max_length=40)
        ),
    ]
