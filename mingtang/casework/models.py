"""Tables of casework. A Case is what somebody asked; a Step is what happened to it in law, on which day."""

from django.db import models

from mingtang.ledger.api import BulkManager


class Case(models.Model):
    """One application for government information (依申请公开), at one organ."""

    CHANNELS = [
        ("in_person", "当面"),
        ("oral", "口头（工作人员代填）"),
        ("post_signed", "挂号信、特快专递"),
        ("post_plain", "平信"),
        ("online", "网络"),
        ("fax", "传真"),
    ]
    APPLICANTS = [
        ("natural", "自然人"),
        ("business", "商业企业"),
        ("research", "科研机构"),
        ("nonprofit", "社会公益组织"),
        ("legal", "法律服务机构"),
        ("other", "其他"),
    ]
    CLASSES = [
        ("demolition", "拆迁"),
        ("expropriation", "征地"),
        ("planning", "城市规划"),
        ("approval", "项目审批"),
        ("other", "其他"),
    ]
    # How the applicant wants it (articles 29 and 40).
    DELIVERIES = [
        ("electronic", "电子文件"),
        ("post", "纸质，邮寄"),
        ("pickup", "纸质，当面领取"),
        ("read", "查阅、抄录"),
    ]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    # Registration number, gapless by organ and year: 示建公开受理〔2026〕31号.
    number = models.CharField(max_length=60, unique=True)
    # What the applicant types to look it up, beside the number.
    code = models.CharField(max_length=12)
    submitted_at = models.DateTimeField()
    # The day it reached the organ; the channel's rule makes the receipt day of it (law).
    received_on = models.DateField()
    # 收到之日 in law (article 31): that day, or the day both sides confirmed; NULL while unconfirmed. Reports count by it.
    counted_on = models.DateField(null=True)
    channel = models.CharField(max_length=12, choices=CHANNELS)
    applicant_type = models.CharField(max_length=10, choices=APPLICANTS)
    request_class = models.CharField(max_length=16, choices=CLASSES, default="other")
    subject = models.CharField(max_length=120)
    content = models.TextField()
    delivery = models.CharField(max_length=40, choices=DELIVERIES, default="electronic")
    state = models.CharField(max_length=20)
    handler = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    # Caches of law's answer, rewritten with every Step; NULL when the law gives no date.
    due_on = models.DateField(null=True)
    firm = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False)
    clock = models.CharField(max_length=20, default="running")
    extended = models.BooleanField(default=False)
    # 信息处理费 (before 2021: cost fees) paid for this case, yuan.
    fee = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    outcome = models.CharField(max_length=20, blank=True)
    grounds = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    drafter = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    # The day the answer left; NULL for one taken back.
    replied_on = models.DateField(null=True)
    # The day it was answered or taken back: what a year's report counts as concluded.
    concluded_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    # The same submission sent twice makes one case.
    idempotency_key = models.CharField(max_length=64, unique=True)
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()

    class Meta:
        indexes = [
            # A year's received cases, in law's sense.
            models.Index(fields=["counted_on", "concluded_on"], name="case_counted"),
            # The queue of an organ by due date.
            models.Index(fields=["agency", "state", "due_on"], name="case_queue"),
            # A year's received cases, and those carried over.
            models.Index(fields=["received_on", "concluded_on"], name="case_by_year"),
            models.Index(fields=["agency", "received_on"], name="case_of_agency_by_day"),
        ]


class Applicant(models.Model):
    """Who asked: encrypted, matched only through the blind index, erased when retention ends."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="applicant")
    sealed = models.BinaryField(null=True)
    blind = models.CharField(max_length=64, db_index=True)
    proof = models.CharField(max_length=40)

    objects = BulkManager()


class Step(models.Model):
    """What happened to a case in law: a word of the contract's list, on a civil day, with its facts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20)
    on = models.DateField()
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    act_key = models.CharField(max_length=32)

    objects = BulkManager()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="step_of_case")]


class CaseReview(models.Model):
    """One person's yes or no to a drafted answer, in one capacity (the approval chain is a table)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField()
    step = models.CharField(
        max_length=10, choices=[("head", "审核"), ("secrecy", "保密审查"), ("sign", "签发")]
    )
    person = models.ForeignKey("ledger.Person", on_delete=models.PROTECT, related_name="+")
    # Whose absence the reviewer covered: the two count as one.
    stands_for = models.ForeignKey("ledger.Person", null=True, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()


class CaseLetter(models.Model):
    """One outgoing paper of a case (回执, 告知书, 答复书): numbered gaplessly by organ, kind and year."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=6)
    number = models.CharField(max_length=60, unique=True)
    written_on = models.DateField()
    # Parts of the letter, each fixed by law or free: [{"part", "fixed", "text", "from"}].
    parts = models.JSONField(default=list)
    file = models.ForeignKey("ledger.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")


class Remedy(models.Model):
    """One reconsideration, lawsuit or complaint about disclosure work."""

    KINDS = [("reconsideration", "行政复议"), ("litigation", "行政诉讼"), ("complaint", "举报投诉")]
    RESULTS = [("upheld", "维持或驳回"), ("corrected", "依法纠错"), ("other", "其他情形")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=16, choices=KINDS)
    # Lawsuits: straight, or after reconsideration (table 4 of the 2021 form).
    path = models.CharField(
        max_length=8, default="direct", choices=[("direct", "直接起诉"), ("after", "复议后起诉")]
    )
    filed_on = models.DateField()
    concluded_on = models.DateField(null=True)
    result = models.CharField(max_length=10, choices=RESULTS, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()

    class Meta:
        indexes = [models.Index(fields=["kind", "concluded_on"], name="remedy_by_year")]


class CitizenLetter(models.Model):
    """One letter, question or suggestion from the public (网络回应人), with its answer and what came of it."""

    RATINGS = [("good", "满意"), ("fair", "基本满意"), ("poor", "不满意")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    received_on = models.DateField()
    category = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    content = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    rating = models.CharField(max_length=6, choices=RATINGS, blank=True)
    # 还利于民: yuan paid back to people; 公益性投入: yuan of public spending that followed.
    refunded = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    invested = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()

    class Meta:
        indexes = [models.Index(fields=["agency", "answered_on"], name="letter_by_year")]


class Proposal(models.Model):
    """One deputies' suggestion or CPPCC proposal handed to the government to answer."""

    KINDS = [("deputy", "人大代表建议"), ("cppcc", "政协提案")]
    LEVELS = [("province", "省级"), ("city", "市级"), ("county", "县级")]
    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    level = models.CharField(max_length=10, choices=LEVELS)
    subject = models.CharField(max_length=160)
    assigned_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True)
    met = models.BooleanField(default=False)
    satisfied = models.BooleanField(null=True)
    result_class = models.CharField(max_length=1, blank=True)
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()


class OpinionEvent(models.Model):
    """One matter of public opinion that called for an answer, and when and how it was answered."""

    agency = models.ForeignKey("ledger.Agency", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160)
    occurred_at = models.DateTimeField()
    major = models.BooleanField(default=False)
    responded_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=16, blank=True)
    stated_by = models.CharField(max_length=120, blank=True)

    objects = BulkManager()
