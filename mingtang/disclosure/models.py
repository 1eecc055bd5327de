"""Tables of the catalogue. A Document is the stable thing; an Edition is one version of what it says."""

from django.db import models

from mingtang.ledger.api import BulkManager

# Once public, and shown on the site.
ON_SITE = models.Q(on_site=True, first_published_at__isnull=False)


class Document(models.Model):
    """One thing that is, was or will be public, under one index number for life."""

    DRAFT, LIVE, WITHDRAWN = "draft", "live", "withdrawn"
    STATES = [(DRAFT, "未公开"), (LIVE, "已公开"), (WITHDRAWN, "已撤下")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    index_no = models.CharField(max_length=40, unique=True, null=True)
    # 法定主动公开内容: the item of article 20 (1–15), and the column of the statutory structure it stands in.
    article20 = models.PositiveSmallIntegerField(null=True)
    column = models.CharField(max_length=40)
    # The 2017 key area, "promote.reform.streamline"; empty outside that classification.
    key_area = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    live = models.OneToOneField("Edition", null=True, on_delete=models.PROTECT, related_name="live_for")
    # Stands on the site; False for what was published elsewhere only (another portal, a board, a newspaper).
    on_site = models.BooleanField(default=True)
    # Most point nowhere: an index over those that do (below) is small, and no planner takes it for a poor one.
    interprets = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="interpretations", db_index=False
    )
    # The paper that repealed or amended it; its own validity says which.
    successor = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="predecessors", db_index=False
    )
    # The document that carries on what this one said; its address leads there. Set while it is withdrawn as merged.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    # What it came from in another room, by type and id ("case", "report"): kept as strings, points nowhere up.
    origin_type = models.CharField(max_length=20, blank=True)
    origin_id = models.CharField(max_length=64, blank=True)
    # Why a kind that asks for an interpretation goes without one; signed by the section head.
    uninterpreted = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    # Caches for sorting and counting, written with the Publication that causes them.
    title = models.CharField(max_length=300)
    published_at = models.DateTimeField(null=True)
    first_published_at = models.DateTimeField(null=True)
    # Personal data that the last sweep found in what is live; empty: none.
    suspect = models.TextField(blank=True)
    # The last day on which it stands (公示期); null: for good. The page is taken off the day after, by itself.
    ends_on = models.DateField(null=True)
    # The decision that lifted its secrecy (number, on, organ, digest, name); null: it never bore a mark.
    declassified = models.JSONField(null=True)
    # The matter that its live edition belongs to, "project_code:2602-…": papers of one thread name each other.
    thread = models.CharField(max_length=160, blank=True)

    objects = BulkManager()

    class Meta:
        constraints = [
            # A row of another system's catalogue is taken over once, also by two imports at one moment.
            models.UniqueConstraint(
                fields=["origin_type", "origin_id"],
                condition=models.Q(origin_type="import"),
                name="an_imported_row_stands_once",
            )
        ]
        indexes = [
            # The newest of a column, for lists and feeds.
            models.Index(fields=["state", "column", "-first_published_at"], name="document_of_column"),
            # The lists of the site in their order: what a reader was shown once keeps its slot.
            models.Index(
                fields=["column", "first_published_at", "id"], name="site_of_column", condition=ON_SITE
            ),
            models.Index(fields=["kind", "first_published_at", "id"], name="site_of_kind", condition=ON_SITE),
            models.Index(
                fields=["agency", "first_published_at", "id"], name="site_of_agency", condition=ON_SITE
            ),
            models.Index(fields=["first_published_at", "id"], name="site_in_order", condition=ON_SITE),
            # "Which papers interpret, were repealed by, or lead to this one?"
            models.Index(
                fields=["interprets"],
                name="document_interprets",
                condition=models.Q(interprets__isnull=False),
            ),
            models.Index(
                fields=["successor"], name="document_successor", condition=models.Q(successor__isnull=False)
            ),
            models.Index(
                fields=["merged_into"], name="document_merged", condition=models.Q(merged_into__isnull=False)
            ),
            # The newest of an organ.
            models.Index(fields=["agency", "state", "-first_published_at"], name="document_of_agency"),
            # "What is new on the site?" and the whole-site sweep.
            models.Index(fields=["state", "-first_published_at"], name="document_newest"),
            # "Whose term is over?"
            models.Index(
                fields=["ends_on"],
                condition=models.Q(state="live", ends_on__isnull=False),
                name="document_ends",
            ),
            # "What else was published on this project?"
            models.Index(fields=["thread"], name="document_thread"),
            # "What became of this case?"
            models.Index(fields=["origin_type", "origin_id"], name="document_of_origin"),
        ]


class Edition(models.Model):
    """One version of a document: drafted, reviewed, published, replaced. Never changed after it is submitted."""

    DRAFT, SUBMITTED, HEAD_DONE, APPROVED, PUBLISHED, REPLACED, DISCARDED = (
        "draft",
        "submitted",
        "head_done",
        "approved",
        "published",
        "replaced",
        "discarded",
    )
    # A row that goes with its batch; the batch's own paper once its rows were ordered out.
    BATCHED, RELEASED = "batched", "released"
    OPEN, ON_REQUEST, CLOSED = "open", "on_request", "closed"
    ATTRIBUTES = [(OPEN, "主动公开"), (ON_REQUEST, "依申请公开"), (CLOSED, "不予公开")]
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default=DRAFT)
    # How often it was submitted: a return starts a new round, whose reviews are signed afresh.
    round = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=300)
    short_title = models.CharField(max_length=32, blank=True)
    doc_no = models.CharField(max_length=80, blank=True)
    written_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    repeal_on = models.DateField(null=True)
    validity = models.CharField(max_length=12, default="valid")
    theme = models.CharField(max_length=6, blank=True)
    genre = models.CharField(max_length=4, blank=True)
    keywords = models.JSONField(default=list)
    summary = models.TextField(blank=True)
    source = models.CharField(max_length=120, blank=True)
    attribute = models.CharField(max_length=12, choices=ATTRIBUTES, default=OPEN)
    attribute_ground = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    drafter = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    # SHA-256 over everything that becomes public; what reviewers signed is what is published.
    digest = models.CharField(max_length=64, blank=True)
    # Findings that block, kept on purpose: {code: {"why", "by"}}; each counts for the text it was given for.
    overridden = models.JSONField(default=dict)
    # When the approved edition goes out by itself, and who ordered that.
    goes_out_at = models.DateTimeField(null=True)
    goes_out_by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")

    objects = BulkManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="editions_are_numbered")]
        indexes = [
            models.Index(fields=["state", "drafted_at"], name="edition_in_review"),
            # "What goes out by now?"
            models.Index(
                fields=["goes_out_at"], condition=models.Q(goes_out_at__isnull=False), name="edition_goes_out"
            ),
        ]


class Attachment(models.Model):
    """A file that belongs to one edition, under the name readers see."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey("ledger.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=0)


class ReviewRule(models.Model):
    """One ruling of the office: in this unit of fewer than four, section head and secrecy reviewer may be one person."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=200)
    made_by = models.ForeignKey("ledger.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(ended_at__isnull=True),
                name="a_unit_has_one_review_rule",
            )
        ]


class Review(models.Model):
    """One pair of eyes on one edition: who, in which capacity, with which result."""

    STEPS = [("head", "科室审核"), ("secrecy", "保密审查"), ("sign", "签发"), ("emergency", "应急发布")]
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=10, choices=STEPS)
    person = models.ForeignKey("ledger.Person", on_delete=models.PROTECT, related_name="+")
    # The absent person whose power was used, when somebody stood in.
    stands_for = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    # The office's rule by which whoever passed it had passed the review before it, too.
    under = models.ForeignKey(ReviewRule, null=True, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "round", "step"],
                condition=models.Q(passed=True),
                name="a_review_is_passed_once",
            )
        ]


class Publication(models.Model):
    """The log of what the public could see: the only thing a channel ever receives."""

    KINDS = [
        ("publish", "公开"),
        ("correct", "更正"),
        ("withdraw", "撤下"),
        ("repeal", "废止"),
        ("archive", "归档"),
    ]
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="publications")
    old_edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    new_edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    # The first publication of its document; what "主动公开信息数" counts.
    first = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    # Dates stated by another system and taken over as they are (verb take_over).
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()

    class Meta:
        indexes = [
            # Counting a year's first publications.
            models.Index(fields=["first", "at"], name="publication_first_by_day"),
            models.Index(fields=["document", "id"], name="publication_of_document"),
        ]


class IssuedPaper(models.Model):
    """One paper that an organ issued and that is no secret, public or not: a line of its register (文件登记簿)."""

    SOURCES = [
        ("draft", "起草"),
        ("take_over", "目录移交"),
        ("form", "登记"),
        ("table", "成批登记"),
        ("office", "办公系统"),
    ]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    doc_no = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    written_on = models.DateField(null=True)
    attribute = models.CharField(max_length=12, choices=Edition.ATTRIBUTES)
    attribute_ground = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=SOURCES)
    # The system or the table that says so, where it was not typed here.
    stated_by = models.CharField(max_length=120, blank=True)
    # The document that it became or comes from; its line then follows what the document says.
    document = models.OneToOneField(Document, null=True, on_delete=models.PROTECT, related_name="paper")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")

    objects = BulkManager()

    class Meta:
        constraints = [
            # What was entered by hand stands once; what is drafted is one line a document.
            models.UniqueConstraint(
                fields=["agency", "doc_no"],
                condition=models.Q(document__isnull=True),
                name="a_paper_is_entered_once",
            )
        ]
        indexes = [
            # The register of an organ, the newest first.
            models.Index(fields=["agency", "-written_on"], name="paper_of_agency"),
            # "Which papers of this organ are not public?"
            models.Index(fields=["agency"], condition=~models.Q(attribute="open"), name="paper_not_public"),
        ]


class Batch(models.Model):
    """A table whose rows are reviewed as one paper (decision 0007): ``document`` is that paper and never becomes public."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="batch")
    table = models.ForeignKey("ledger.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    # How many rows it has once all of them are entered; fewer lines than that: it was cut short.
    size = models.PositiveIntegerField()
    # What the sample of this round was drawn with; empty: not drawn yet.
    seed = models.CharField(max_length=32, blank=True)
    ordered_by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")


class BatchLine(models.Model):
    """One row of a batch: a document of its own, that goes with the batch or was pulled out of it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="batch_line")
    # As the table program counts: the first row below the names is 2.
    number = models.PositiveIntegerField()
    # What the row is known by for ever (``importing.known_as``): no table brings it twice.
    key = models.CharField(max_length=64, unique=True)
    # The round in which it was pulled out (its Act says why); null: it goes with the batch.
    pulled_in = models.PositiveSmallIntegerField(null=True)
    # The digest of what it said when it was pulled out of a batch under review: the reviewers' list names it.
    signed = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="rows_of_a_batch_are_numbered")
        ]


class SecrecyAlarm(models.Model):
    """Something with a secrecy mark was stopped on its way in: who, when, where, which digest; nothing of what it said."""

    PLACES = [("draft", "起草"), ("upload", "附件"), ("word", "Word 文件"), ("import", "移交的表")]
    MEASURES = [
        ("secured", "原件已收回保管，不当的副本已清除"),
        ("reported", "已按保密规定报告"),
        ("mistaken", "核对过，不是涉密件，写法有误"),
    ]
    # Where it happened, and the organ whose secrecy officer answers for it.
    organ = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("ledger.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    place = models.CharField(max_length=10, choices=PLACES)
    digest = models.CharField(max_length=64)
    seen_by = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    measure = models.CharField(max_length=12, choices=MEASURES, blank=True)

    class Meta:
        indexes = [
            # "Which alarms wait for the officer of this organ?"
            models.Index(
                fields=["agency"], condition=models.Q(seen_at__isnull=True), name="secrecy_alarm_open"
            )
        ]


class Duty(models.Model):
    """Who must publish what, on which basis, how often: period by period, or for each paper that was made."""

    CADENCES = [
        ("weekly", "每周"),
        ("five_days", "旺季每五日"),
        ("monthly", "每月"),
        ("quarterly", "每季度"),
        ("yearly", "每年"),
        ("days20", "形成或变更之日起20个工作日"),
        ("days7", "作出决定之日起7个工作日"),
        ("result20", "形成执法结果之日起20个工作日"),
        ("timely", "及时"),
        ("takeoff3", "变更、撤销之日起3个工作日"),
        ("media3", "公布之日起3日"),
        # Of a line of the standard catalogue that is answered, never published by itself.
        ("on_request", "依申请"),
    ]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    cadence = models.CharField(max_length=12, choices=CADENCES)
    key_area = models.CharField(max_length=60, blank=True)
    # Kinds that satisfy it; empty: any kind.
    kinds = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True)
    # What the platform itself opens for it: ``appraisal`` the yearly look at what is not public, ``guide`` the
    # yearly look at the guide; empty: nothing.
    task = models.CharField(max_length=12, blank=True)
    # The limit of the law that this duty of every organ stands for ("general", "licence", "enforcement"); empty: it was laid on it.
    norm = models.CharField(max_length=12, blank=True)
    # Of a yearly duty, the last day, "03-31"; empty: the year's last.
    by = models.CharField(max_length=5, blank=True)
    # Its line of the standard catalogue (基层政务公开标准目录), by our names of the columns; None: it has none.
    listed = models.JSONField(null=True)


class DutyInstance(models.Model):
    """One duty in one period, or for one paper: due on a day, fulfilled by a publication or by another room's evidence, or not yet.

    Of a paper, the period runs from the day it was made to the day it is due; only its own publication fulfils it.
    """

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="instances")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    due_on = models.DateField()
    publication = models.ForeignKey(Publication, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "period_from"],
                condition=models.Q(document__isnull=True),
                name="a_duty_is_due_once_a_period",
            ),
            models.UniqueConstraint(
                fields=["document", "period_from", "duty"], name="what_was_made_is_due_once_a_duty"
            ),
        ]
        indexes = [
            # "What is due, for this organ, soonest first?"
            models.Index(
                fields=["due_on"],
                condition=models.Q(publication__isnull=True, evidence__isnull=True),
                name="duty_open",
            )
        ]


class Appraisal(models.Model):
    """One paper that is not public, looked at again in one yearly round (条例第十八条); ``after`` empty: not decided."""

    instance = models.ForeignKey(DutyInstance, on_delete=models.PROTECT, related_name="appraisals")
    paper = models.ForeignKey(IssuedPaper, on_delete=models.PROTECT, related_name="appraisals")
    before = models.CharField(max_length=12, blank=True, choices=Edition.ATTRIBUTES)
    after = models.CharField(max_length=12, blank=True, choices=Edition.ATTRIBUTES)
    reason = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instance", "paper"], name="a_paper_is_appraised_once_a_round")
        ]
        indexes = [
            # "Which rounds are not done?"
            models.Index(fields=["instance"], condition=models.Q(after=""), name="appraisal_open")
        ]
