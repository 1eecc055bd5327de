"""Tables of the ledger. Each class says what one row means; constraints live here, behaviour beside it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from mingtang.ledger.bulk import BulkManager
from mingtang.ledger.terms import Term


class Installation(models.Model):
    """The one installation this database belongs to. Its kind is chosen at creation and never changes."""

    DEMO, SERVICE = "demo", "service"
    kind = models.CharField(max_length=10, choices=[(DEMO, "演示"), (SERVICE, "正式")])
    city_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    # The demo clock started at this moment when the system clock stood at created_at, and runs on.
    demo_epoch = models.DateTimeField(null=True)
    # From this day on the ledger is whole. Of a year before it, a register without rows says nothing.
    kept_from = models.DateField()


class Held(models.Model):
    """A row that leaves the ledger as it is kept, because every verb takes it as its subject.

    What ``find`` handed out cannot be written: only a verb of the ledger changes an organ or a person, with its Act.
    """

    handed_out = False

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Write the row. Raises TypeError for one that ``find`` handed out."""
        self._must_be_ours()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Remove the row. Raises TypeError for one that ``find`` handed out."""
        self._must_be_ours()
        return super().delete(*args, **kwargs)

    def _must_be_ours(self) -> None:
        if self.handed_out:
            raise TypeError(f"{type(self).__name__}: only a verb of the ledger writes it (ledger.take)")


def held(row: "Agency | Person") -> Any:
    """An organ or a person as handed out: readable, a verb's subject, and nothing that can be written."""
    row.handed_out = True
    return row


class Agency(Held):
    """One organ that publishes, answers and reports, for as long as it exists (valid_from <= day < valid_to)."""

    GOVERNMENT, DEPARTMENT, COUNTY, TOWNSHIP, AUTHORISED, PUBLIC_SERVICE = (
        "government",
        "department",
        "county",
        "township",
        "authorised",
        "public_service",
    )
    TYPES = [
        (GOVERNMENT, "人民政府"),
        (DEPARTMENT, "政府部门"),
        (COUNTY, "县（市）区人民政府"),
        (TOWNSHIP, "乡镇人民政府、街道办事处"),
        (AUTHORISED, "法律法规授权组织"),
        (PUBLIC_SERVICE, "公共企事业单位"),
    ]
    CITY_LEVEL, COUNTY_LEVEL = "city", "county"
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    aliases = models.JSONField(default=list)
    type = models.CharField(max_length=20, choices=TYPES)
    # 市本级 or 县（市）区: the scope in which the yearly report counts it.
    level = models.CharField(max_length=10, choices=[(CITY_LEVEL, "市本级"), (COUNTY_LEVEL, "县（市）区")])
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    # Ids from the root to here, "/1/7/": one prefix query answers "this organ and all below it".
    path = models.CharField(max_length=120, db_index=True)
    # 机关代字, the head of its document numbers.
    doc_prefix = models.CharField(max_length=20, blank=True)
    # 统一社会信用代码 (GB 32100-2015) or, in the demo, a plainly invented code.
    credit_code = models.CharField(max_length=18, blank=True)
    # Article 12: what the guide must say about the organ.
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    fax = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    head = models.CharField(max_length=60, blank=True)
    # 通信地址 with the post code, and the section that does the disclosure work (article 4).
    postal = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=120, blank=True)
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="agency_lives_at_least_a_day",
            )
        ]

    def __str__(self):
        return self.name

    @staticmethod
    def as_in_tree(organs: Iterable["Agency"]) -> list["Agency"]:
        """Organs as the tree has them: each before those below it, sisters by their order; those that ended last."""
        known = list(organs)
        places = {str(a.pk): (a.order, a.pk) for a in known}

        def place(a: "Agency") -> tuple:
            way = a.path.strip("/").split("/")
            return a.valid_to is not None, [places.get(step, (0, int(step))) for step in way if step]

        return sorted(known, key=place)


class Succession(models.Model):
    """On one day, by one Act, an organ's work passed to another (merged, split or renamed)."""

    KINDS = [("merged", "合并"), ("split", "分立"), ("renamed", "更名")]
    predecessor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="inheritances")
    kind = models.CharField(max_length=10, choices=KINDS)
    on = models.DateField()
    act_key = models.CharField(max_length=32)
    # This one carries whatever no statement gave to another; of a split there is exactly one.
    rest = models.BooleanField(default=True)
    # Columns of the predecessor that a split gave to this successor by name.
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="an_organ_is_succeeded_once_by_another"
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="no_organ_succeeds_itself"
            ),
            models.UniqueConstraint(
                fields=["predecessor"], condition=models.Q(rest=True), name="one_successor_carries_the_rest"
            ),
        ]


class PersonManager(BaseUserManager):
    """How Django's log-in finds a member of staff."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person of an account, as Django's log-in asks for them. Raises Person.DoesNotExist."""
        return self.get(username=username)


class Person(Held, AbstractBaseUser):
    """One member of staff. What they may do follows from their appointments, not from this row."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    # Somebody else set the password: it opens one log-in, in which the person chooses their own.
    password_once = models.BooleanField(default=False)
    objects = PersonManager()
    USERNAME_FIELD = "username"

    def __str__(self):
        return self.name


class Appointment(Term, models.Model):
    """One person holds one role in one organ from a day (until a day)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20)
    # 科室; shown, never decisive.
    section = models.CharField(max_length=60, blank=True)
    valid_from: Any = models.DateField()
    valid_to: Any = models.DateField(null=True)

    class Meta:
        # "Which roles does this person hold in this organ?", asked before every verb.
        indexes = [models.Index(fields=["person", "agency"], name="appointment_of_person")]


class Cover(Term, models.Model):
    """While one person is away (valid_from <= day < valid_to), another may do what they could. It ends by itself."""

    absent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="covers")
    valid_from: Any = models.DateField()
    valid_to: Any = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(absent=models.F("substitute")), name="nobody_covers_themselves"
            )
        ]


class Act(models.Model):
    """Who did what, when, on which ground. Append-only: the mac is set at the insert and seals follow.

    ``facts`` stay for ever; ``payload`` (with ``salt``) may be erased for privacy without breaking the mac.
    """

    key = models.CharField(max_length=32, unique=True)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    basis = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    payload = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    payload_digest = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)
    seal = models.ForeignKey("Seal", null=True, on_delete=models.PROTECT, related_name="acts")

    objects = BulkManager()

    class Meta:
        indexes = [
            # "What happened to this thing?", the timeline of a case or a document.
            models.Index(fields=["subject_type", "subject_id", "id"], name="act_of_subject"),
            # "Which acts are not sealed yet?"
            models.Index(fields=["id"], condition=models.Q(seal__isnull=True), name="act_unsealed"),
        ]


class Seal(models.Model):
    """One signed Merkle root over a run of Acts; ``members`` names each by key and mac, so a removed row is named."""

    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous_root = models.CharField(max_length=64)
    # 16 bytes of key and 32 of mac per Act, in the order of ids.
    members = models.BinaryField()
    signature = models.CharField(max_length=128)


class Outbox(models.Model):
    """One thing that has happened and must be told to upper rooms after commit. Never updated."""

    topic = models.CharField(max_length=40)
    payload = models.JSONField()
    at = models.DateTimeField()


class OutboxCursor(models.Model):
    """How far one consumer has drained the outbox, who drains it now, and what its last failure was."""

    consumer = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)
    # A drainer holds the cursor until then; a crashed one is replaced afterwards.
    leased_until = models.DateTimeField(null=True)
    failed_at = models.BigIntegerField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True)
    error = models.TextField(blank=True)


class StoredFile(models.Model):
    """The bytes of one file, kept once under their SHA-256. Names belong to those who refer to it."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media = models.CharField(max_length=100)
    stored_at = models.DateTimeField()


class JobRun(models.Model):
    """One job of the schedule came to its end for one period; the pair is unique, so two workers may tick."""

    job = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "period"], name="a_job_runs_once_a_period")]


class Series(models.Model):
    """A gapless run of numbers: the last one drawn. Drawn last in its transaction."""

    name = models.CharField(max_length=100, unique=True)
    last = models.PositiveIntegerField(default=0)


class LawFile(models.Model):
    """A holiday notice or a city's own norms that arrived after the package was made, kept as a file by hash."""

    KINDS = [("notice", "放假通知"), ("norms", "本市规定")]
    kind = models.CharField(max_length=10, choices=KINDS)
    title = models.CharField(max_length=200)
    # The year a notice arranges, where its text does not say.
    year = models.PositiveSmallIntegerField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    loaded_at = models.DateTimeField()
