"""An Act's verb and subject in words."""

from __future__ import annotations

from functools import cache

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure

SUBJECTS = {
    "case": "申请", "document": "文件", "agency": "机构", "person": "人员", "report": "年报", "report_cell": "年报的数",
    "duty": "职责", "duty_instance": "职责（一期）", "remedy": "复议诉讼", "letter": "来信", "proposal": "建议提案", "opinion": "舆情",
    "press_conference": "新闻发布会", "training": "培训会议", "delivery": "送交文件", "place": "查阅点", "law_file": "放假通知或本市规定",
    "applicant": "申请人信息", "key": "身份信息的钥匙",
    "secrecy_alarm": "密级标志告警", "release": "渠道记录", "paper": "登记的文件", "gazette_issue": "公报",
}  # fmt: skip
_WORDS = {
    "take_over": "从原系统导入", "case.receive": "登记申请", "case.recount": "期限重算", "case.see_identity": "查看申请人信息",
    "case.move": "随机构调整转来", "document.draft": "起草", "document.draft_correction": "起草更正", "document.move": "随机构调整转来", "document.hold_back": "到时没有发出", "document.renew": "随机构信息更新", "duty.assign": "交办职责",
    "duty.fulfil": "登记完成", "duty.reopen": "撤下后职责重开", "agency.found": "设立机构", "agency.change": "更改机构信息", "agency.succeed": "机构划转", "agency.end": "机构撤销", "agency.move": "随机构调整改隶", "duty.move": "职责随机构调整转来", "register.move": "随机构调整转来",
    "person.hire": "登记人员", "person.appoint": "任命", "person.relieve": "免去", "person.cover": "安排代理", "person.uncover": "提前结束代理", "person.move": "任职随机构调整转来", "person.reset_password": "重置口令", "person.change_password": "修改口令", "person.deactivate": "停用账号", "person.activate": "启用账号", "report.declare": "申报一个数",
    "report.write": "写年报的一部分", "report.file": "年报定稿", "report.correct": "开更正版年报", "ledger.rotate": "换身份信息的钥匙", "ledger.erase": "删除保存到期的内容", "case.reseal": "身份信息改用新钥匙", "register.add": "登记台账", "register.receipt": "登记送交的回执", "register.strike": "划去一条台账", "law.load": "载入放假通知或本市规定",
    "document.overturn": "登记决定被变更、撤销", "review.combine": "规定两审由一人办理", "review.separate": "撤销两审由一人办理", "secrecy.stop": "拦下带密级标志的内容", "secrecy.acknowledge": "登记告警的处置", "document.archive": "归档", "document.declassify": "附解密决定", "document.release_batch": "成批交付发布", "document.pull_out": "从批里挑出",
    "release.enter": "登记其他渠道", "paper.enter": "登记文件", "paper.change": "变更公开属性", "paper.follow": "随文件改文号、标题", "paper.appraise": "评估审查", "release.sent": "登记人工已办", "release.again": "重新发送", "release.strike": "划去一条渠道记录", "release.issue": "公报结期",
}  # fmt: skip


@cache
def _labels() -> dict[str, str]:
    found = {f"case.{r.verb}": r.label for r in casework.REQUESTS.rows}
    for table in disclosure.CHAINS.values():
        found |= {f"document.{r.verb}": r.label for r in table.rows}
    return found | _WORDS


def act_word(verb: str) -> str:
    """The verb of an Act as a clerk says it; an unknown one as it is recorded."""
    return _labels().get(verb, verb)
