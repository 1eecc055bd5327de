"""Tables of oversight. A Tally says how many, by which counter, until when, and which rows it counted."""

from django.db import models


class Tally(models.Model):
    """One count: a counter, its filter, an organ's own rows, a year, as known at a cut-off; ids by digest.

    ``unknown`` rows lack the fact that the filter asks for: while there are any, ``value`` is only the known part.
    """

    counter = models.CharField(max_length=60)
    # Canonical JSON of the filter, so that equal filters are equal strings.
    where = models.CharField(max_length=200, default="{}")
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    cutoff = models.DateTimeField()
    value = models.DecimalField(max_digits=20, decimal_places=6)
    unknown = models.PositiveIntegerField(default=0)
    ids_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["counter", "where", "agency", "year"], name="one_tally_a_question"
            )
        ]
        indexes = [models.Index(fields=["year", "counter", "where"], name="tally_of_year")]


class Counted(models.Model):
    """That a question of a year was counted for every organ, and when last: without it, no rows does not mean nought.

    The rows with an empty counter stand for the whole year: whoever counts, or declares, holds one.
    """

    year = models.PositiveSmallIntegerField()
    counter = models.CharField(max_length=60, blank=True)
    where = models.CharField(max_length=200, blank=True)
    cutoff = models.DateTimeField(null=True)
    # Did the platform keep this register in this year? Where it did not, no rows is no answer.
    kept = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "counter", "where"], name="one_mark_a_question")
        ]


class Declared(models.Model):
    """A figure no row of this platform can give: a named unit says so, with its paper, signer and date."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=20)
    cell = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=20, decimal_places=6)
    unit_name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    signer = models.CharField(max_length=60)
    signed_on = models.DateField()
    act_key = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "form", "cell", "unit_name"], name="a_unit_declares_a_cell_once"
            )
        ]


class Report(models.Model):
    """One version of one annual report: its figures as filed, with the ids behind each counted one frozen to a file.

    What was filed never changes; a correction is a later version with its reason.
    """

    STATES = [("draft", "编制中"), ("filed", "已定稿"), ("published", "已公布")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    # Why this version corrects the one before it; empty for the first.
    reason = models.CharField(max_length=500, blank=True)
    form = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    # cell → what the figure was when filed: value, how, known, counted, declared, digest, cutoff, missing
    figures = models.JSONField(default=dict)
    # What was filed beside the cells: scope, cut-off, the sections as written and the figures of their sentences.
    as_filed = models.JSONField(default=dict)
    # section → prose written by people around the counted sentences
    prose = models.JSONField(default=dict)
    # Ids behind the counted figures, frozen when filed (file digest).
    frozen = models.CharField(max_length=64, blank=True)
    document_id = models.BigIntegerField(null=True)
    filed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "version"], name="one_report_a_year_and_version"
            )
        ]


class PressConference(models.Model):
    """One press conference or online interview held by an organ."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[("conference", "新闻发布会"), ("interview", "在线访谈")])
    subject = models.CharField(max_length=160)
    held_on = models.DateField()
    # 主要负责同志 took part; NULL: the record does not say.
    chief = models.BooleanField(null=True)
    stated_by = models.CharField(max_length=120, blank=True)
    # Why the row was struck out; such a row is shown and counts nowhere.
    struck = models.CharField(max_length=200, blank=True)


class Training(models.Model):
    """One training course or working meeting about disclosure."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[("course", "培训"), ("meeting", "会议")])
    subject = models.CharField(max_length=160)
    held_on = models.DateField()
    people = models.PositiveIntegerField(default=0)
    stated_by = models.CharField(max_length=120, blank=True)
    # Why the row was struck out; such a row is shown and counts nowhere.
    struck = models.CharField(max_length=200, blank=True)


class Place(models.Model):
    """One place where anybody may read what is public on paper (查阅点, article 25), and which organ supplies it."""

    KINDS = [("archive", "国家档案馆"), ("library", "公共图书馆"), ("service", "政务服务场所")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=160, blank=True)
    hours = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=80, blank=True)
    # What was published from this day on is supplied.
    opened_on = models.DateField()
    stated_by = models.CharField(max_length=120, blank=True)
    # Why the row was struck out; such a row is shown and counts nowhere.
    struck = models.CharField(max_length=200, blank=True)


class Delivery(models.Model):
    """Copies of public documents handed to an archive or a library (article 25), with the receipt.

    One made from the list names its place and the span of the publication log it covers: (after, upto]. Spans of a place
    follow each other without a gap.
    """

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80)
    delivered_on = models.DateField()
    copies = models.PositiveIntegerField()
    receipt = models.CharField(max_length=80, blank=True)
    at_place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="deliveries")
    after = models.BigIntegerField(null=True)
    upto = models.BigIntegerField(null=True)
    handed_by = models.CharField(max_length=60, blank=True)
    # Who signed for it at the place.
    signed_by = models.CharField(max_length=60, blank=True)
    # The scanned receipt, under its digest.
    scan = models.CharField(max_length=64, blank=True)
    stated_by = models.CharField(max_length=120, blank=True)
    # Why the row was struck out; such a row is shown and counts nowhere.
    struck = models.CharField(max_length=200, blank=True)
