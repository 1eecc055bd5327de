"""Tables of the portal: what went out through which channel."""

from django.db import models


class Release(models.Model):
    """One publication through one channel: where it stands, what was sent, how it went, how often it was tried."""

    STATES = [("waiting", "待发"), ("done", "已发"), ("failed", "未成"), ("withdrawn", "已撤")]
    publication = models.ForeignKey("disclosure.Publication", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=STATES)
    at = models.DateTimeField()
    # A link, a page of a newspaper, the name of a board.
    place = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    remote_id = models.CharField(max_length=120, blank=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "channel"], name="a_publication_goes_once_through_a_channel"
            )
        ]
        indexes = [models.Index(fields=["channel", "at"], name="release_by_channel")]
