from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "mingtang.ledger"
    label = "ledger"
    verbose_name = "册"
