from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "mingtang.casework"
    label = "casework"
    verbose_name = "案"
