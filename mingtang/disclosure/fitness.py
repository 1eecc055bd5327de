"""Whether an edition can be shown to everybody: its attribute, what the checks say of it, its interpretation.

Asked before a submission, an emergency publication and a publication; nothing here changes a row.
"""

from __future__ import annotations

from dataclasses import replace

from mingtang.disclosure import papers
from mingtang.disclosure.catalogue import fingerprint, working
from mingtang.disclosure.chains import PACKAGE, THREE
from mingtang.disclosure.checks.run import CHECKS
from mingtang.disclosure.checks.types import Finding
from mingtang.disclosure.judging import judge, judge_file, judge_words
from mingtang.disclosure.kinds import kinds
from mingtang.disclosure.models import Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Person, find

# Findings that nobody may keep.
NEVER_KEPT = ("pii.", "meta.secrecy")
_LONGEST_REASON = 500


def findings(edition: Edition) -> tuple[Finding, ...]:
    """What the checks say of an edition: all that becomes public of it, and what lies inside its attachments."""
    found = list(judge(edition, labels=_labels(edition)))
    for name, digest in edition.attachments.values_list("name", "file_id"):
        found += [replace(f, message=f"附件“{name}”：{f.message}") for f in judge_file(name, digest)]
    return tuple(found)


def _labels(edition: Edition) -> dict[str, str]:
    return {f.key: f.label for f in kinds()[edition.document.kind].fields}


def digest_of(edition: Edition) -> str:
    """SHA-256 over everything of an edition that becomes public, its files included: what reviewers sign."""
    return fingerprint(
        edition, list(edition.attachments.order_by("order", "pk").values_list("name", "file_id"))
    )


def overtaken(edition: Edition, by: Person, seen: str) -> Refused | None:
    """Why a change made to the state with the mark ``seen`` would overwrite what was saved since."""
    if not seen or seen == digest_of(edition):
        return None
    edits = find(
        "act", subject_type="document", subject_id=str(edition.document_id), verb="document.edit", edition=edition.number
    )  # fmt: skip
    last = edits.order("-pk").first()
    who = "有人"
    if last is not None:
        name = find("person", pk=last.person_id).one().name if last.person_id != by.pk else "你在另一个窗口"
        who = f"{name}{last.at.astimezone(SHANGHAI):%H:%M}"
    return Refused(
        f"你打开之后，{who}又保存过这份草稿",
        "后存的不能悄悄盖掉先存的",
        "请对照现在的草稿，把两边并好再保存；你写的都在下面，还没有保存",
    )


def unfit(edition: Edition) -> Refused | None:
    """Why an edition cannot be shown to everybody: its attribute, nothing in it, personal data in it."""
    if edition.attribute != Edition.OPEN:
        return Refused(
            "公开属性不是主动公开，不能送审发布",
            "国办发〔2016〕80号",
            "留在文件登记簿即可；需要公开时先变更公开属性并写明理由",
        )
    if shut := papers.unopened(edition.document):
        return shut
    if not edition.body.strip() and not edition.attachments.exists() and not edition.data:
        return Refused("正文和附件都是空的", "条例第六条：信息应当完整准确", "请写正文或上传附件")
    if blocked := next((f for f in blocking(edition) if not kept_on_purpose(edition, f)), None):
        if blocked.code.startswith("pii."):
            return Refused(
                f"正文或附件含个人信息：{blocked.message}", "条例第十五条；个人信息保护法第二十八条",
                blocked.suggestion or "请遮盖后再送审",
            )  # fmt: skip
        return Refused(
            f"检查出的问题没有处理：{blocked.message}", _basis_of(blocked.code),
            (blocked.suggestion or "请改正") + "；原文确实如此的，请科室负责人写明理由，予以保留",
        )  # fmt: skip
    return None


def blocking(edition: Edition) -> tuple[Finding, ...]:
    """The findings that stop a submission: every error."""
    return tuple(f for f in findings(edition) if f.severity == "error")


def kept_on_purpose(edition: Edition, found: Finding) -> bool:
    """Was this finding kept on purpose, for the text as it stands? A mark stands where its secrecy was lifted."""
    if found.code == "meta.secrecy" and edition.document.declassified:
        return True
    given = edition.overridden.get(found.code)
    return bool(given) and given["of"] == digest_of(edition)


def _basis_of(code: str) -> str:
    return next((c.basis for c in CHECKS if c.code == code), THREE)


def _wants_interpretation(document: Document) -> bool:
    """Does this paper, on its first way out, have to come with an interpretation?"""
    return (
        kinds()[document.kind].interpretation_required and not document.uninterpreted and not document.live_id
    )


def unexplained(document: Document) -> Refused | None:
    """A kind that asks for an interpretation comes with it, or with the section head's reason why not."""
    if not _wants_interpretation(document) or document.interpretations.exists():
        return None
    return Refused(
        f"{kinds()[document.kind].title}没有配解读",
        PACKAGE,
        "请先为它起草解读；确实不需要解读的，请科室负责人写明理由，同意不配",
    )


def ahead_of_interpretation(document: Document) -> Refused | None:
    """A paper does not go out before its interpretation is signed too."""
    signed = (Edition.APPROVED, Edition.PUBLISHED)
    if not _wants_interpretation(document) or any(
        working(d).state in signed for d in document.interpretations.all()
    ):
        return None
    return Refused("它的解读还没有签发", PACKAGE, "请先把解读审完，文件和解读同步公开")


def unsayable(reason: str) -> Refused | None:
    """Why a reason cannot stand where everybody reads it: too long, or personal data in it."""
    if len(reason) > _LONGEST_REASON:
        return Refused(
            f"理由超过{_LONGEST_REASON}字（写了{len(reason)}字）", "理由会显示在原网址上", "请写得简短些"
        )
    wrong = next(
        (f for f in judge_words(reason) if f.severity == "error" and f.code.startswith("pii.")), None
    )
    if wrong is None:
        return None
    return Refused(
        f"理由里有个人信息：{wrong.message}",
        "条例第十五条；理由会显示在原网址上",
        wrong.suggestion or "请改写，不写号码和住址",
    )
