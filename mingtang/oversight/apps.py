from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "mingtang.oversight"
    label = "oversight"
    verbose_name = "督"
