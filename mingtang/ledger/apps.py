from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The room to Django; its label stands in every foreign key and migration."""

    name = "mingtang.ledger"
    label = "ledger"
    verbose_name = "册"
