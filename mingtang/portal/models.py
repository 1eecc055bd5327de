"""Tables of the portal: what went out through which channel, and the issues of the gazette."""

from django.db import models

# Publications after which no copy stays elsewhere.
TAKES_DOWN = ("withdraw", "archive")


class Release(models.Model):
    """One publication through one channel to one target: where it stands, what was sent, how it went, how often it was tried."""

    STATES = [
        ("waiting", "待发"), ("sending", "正在发"), ("by_hand", "待人工办理"), ("done", "已发"), ("failed", "未成"), ("withdrawn", "已撤"), ("struck", "已划去"),
    ]  # fmt: skip
    LINKS = [("", "没有查过"), ("ok", "打得开"), ("gone", "打不开"), ("unreachable", "连不上")]
    publication = models.ForeignKey("disclosure.Publication", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    # The account; of what people entered, the newspaper, board or address. Empty: the channel has one target only.
    target = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=STATES)
    at = models.DateTimeField()
    # A link, a page of a newspaper, the name of a board.
    place = models.CharField(max_length=300, blank=True)
    # Of the edition that was sent.
    digest = models.CharField(max_length=64, blank=True)
    remote_id = models.CharField(max_length=120, blank=True)
    # How far the sending has come at the other end: ids of a draft, of a task, of an article.
    remote = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(default=0)
    # Why it is not done, or why it was struck out.
    error = models.TextField(blank=True)
    next_try = models.DateTimeField(null=True)
    # Entered by a person: who, and a photograph under its digest.
    by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    photo = models.CharField(max_length=64, blank=True)
    link_state = models.CharField(max_length=12, blank=True, choices=LINKS)
    link_code = models.PositiveSmallIntegerField(null=True)
    link_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "channel", "target"], condition=~models.Q(state="struck"),
                name="a_publication_goes_once_to_a_target",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["channel", "at"], name="release_by_channel"),
            # What is to be sent next.
            models.Index(fields=["state", "next_try"], name="release_by_next_try"),
            # Whose link was looked at longest ago.
            models.Index(fields=["link_at"], name="release_by_link_day"),
        ]


class GazetteIssue(models.Model):
    """One issue of the gazette: the publications it holds, frozen when it was closed, each with the digest of its edition."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField()
    by = models.ForeignKey("ledger.Person", on_delete=models.PROTECT, related_name="+")
    # [{"publication", "document", "edition", "digest", "title"}], in the order of print.
    held = models.JSONField(default=list)
    # Of ``held``: what was closed can be held against what is there.
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "number"], name="an_issue_is_closed_once")
        ]


class OldAddress(models.Model):
    """Where a document stood on a site that was taken over: who asks for the old path is led to the new address."""

    # Without its first slash, as text.
    path = models.CharField(max_length=500, unique=True)
    document = models.ForeignKey("disclosure.Document", on_delete=models.CASCADE, related_name="+")


class MonthCount(models.Model):
    """Documents of an organ, kind and column that came to the site in one month (201711): ever public, and live."""

    agency_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    column = models.CharField(max_length=40)
    month = models.PositiveIntegerField()
    ever = models.PositiveIntegerField()
    live = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "kind", "column", "month"], name="a_month_is_counted_once"
            )
        ]
        indexes = [
            models.Index(fields=["column", "month"], name="count_of_column"),
            models.Index(fields=["kind", "month"], name="count_of_kind"),
        ]


class CountedTo(models.Model):
    """Up to which publication the months are counted: one row, held by whoever counts."""

    publication = models.BigIntegerField(default=0)
