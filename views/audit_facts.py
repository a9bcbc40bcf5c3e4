"""What the facts of the audit log are called, and what their codes mean, in words for the auditor."""

from collections import ChainMap

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import divisions, policy
from adminapp.bank import verifying
from adminapp.funds import steps as funds
from adminapp.imports import columns as imports
from adminapp.ledger import steps as recoveries
from adminapp.matching import store as matches
from adminapp.money import format_yuan
from adminapp.months import closing
from adminapp.payments import acts
from adminapp.reserve import book, moves, settling
from views.worklist import type_names

NAMES = {
    "account": _l("账户"),
    "action": _l("操作"),
    "amount": _l("金额"),
    "arrived": _l("到账"),
    "award": _l("待遇"),
    "balance": _l("余额"),
    "batch": _l("批次"),
    "by": _l("按"),
    "bytes": _l("字节数"),
    "case": _l("案件"),
    "cases": _l("案件"),
    "complaint": _l("投诉举报"),
    "count": _l("数量"),
    "day": _l("日期"),
    "days": _l("天数"),
    "digest": _l("校验值"),
    "discarded": _l("放弃草稿"),
    "documents": _l("文档数"),
    "draft": _l("草稿"),
    "endpoint": _l("入口"),
    "entry": _l("记录"),
    "event": _l("操作"),
    "expires": _l("有效至"),
    "faults": _l("错误"),
    "field": _l("字段"),
    "file": _l("文件"),
    "filing": _l("备案"),
    "first": _l("从"),
    "format": _l("格式"),
    "granted": _l("角色"),
    "id": _l("编号"),
    "job": _l("任务"),
    "known": _l("账户存在"),
    "known_until": _l("已知到"),
    "last": _l("到"),
    "left": _l("未导入"),
    "line": _l("明细"),
    "match": _l("比对结果"),
    "meeting": _l("评议会"),
    "mode": _l("方式"),
    "month": _l("月份"),
    "names": _l("姓名写法"),
    "notice": _l("文书"),
    "number": _l("序号"),
    "objection": _l("异议"),
    "origin": _l("来源"),
    "pack": _l("入户包"),
    "pay": _l("付款"),
    "period": _l("时段"),
    "postings": _l("公示"),
    "problems": _l("问题"),
    "profile": _l("银行格式"),
    "reason": _l("理由"),
    "register": _l("台账"),
    "release": _l("发布方案"),
    "replaces": _l("更正"),
    "request": _l("资金申请"),
    "restored": _l("已恢复"),
    "rev": _l("修订"),
    "reveal": _l("可看完整号码"),
    "role": _l("角色"),
    "round": _l("抽取"),
    "rows": _l("行数"),
    "same_as": _l("相同的批次"),
    "seed": _l("种子"),
    "simulation": _l("试算"),
    "site": _l("来源"),
    "state": _l("状态"),
    "step": _l("环节"),
    "taken": _l("已导入"),
    "to": _l("代办人"),
    "token": _l("令牌"),
    "township": _l("乡镇"),
    "townships": _l("乡镇"),
    "type": _l("救助类型"),
    "types": _l("救助类型"),
    "until": _l("截止"),
    "version": _l("版本"),
    "villages": _l("村（社区）数"),
    "what": _l("事项"),
    "wide": _l("扩大公示"),
    "year": _l("年度"),
}
"""What a fact of an entry is called. A fact that is logged must stand here (tests/views/test_audit.py)."""
FEN = ("amount", "arrived", "balance")
WORDS = {
    "add": _l("登记"),
    "adjust": _l("调整"),
    "applied": _l("已导入"),
    "apply": _l("登记入账"),
    "arrange": _l("办理委托"),
    "authorisation": _l("核对授权书"),
    "build": _l("编制"),
    "built": _l("编制完成"),
    "cases": _l("明细"),
    "check": _l("核对"),
    "correct": _l("更正"),
    "decline": _l("不同意"),
    "draft": _l("起草"),
    "end": _l("结束"),
    "evaluation": _l("试点评估"),
    "file": _l("备案"),
    "fix": _l("更正"),
    "fund_request": _l("资金申请书"),
    "fund_sheet": _l("资金申请表"),
    "import_template": _l("导入模板"),
    "inspection": _l("联合检查"),
    "late_steps": _l("超时环节"),
    "lock": _l("锁定"),
    "minutes": _l("评议记录"),
    "month_report": _l("月报"),
    "package": _l("配置包"),
    "password_slips": _l("初始密码条"),
    "policy_text": _l("政策宣传"),
    "posting": _l("公示设置"),
    "propose": _l("提出"),
    "rectification": _l("整改通知书"),
    "register": _l("台账"),
    "reject": _l("退回"),
    "reserve_paper": _l("备用金账"),
    "reserve_sheet": _l("备用金账"),
    "retire": _l("停用"),
    "spot_check": _l("核查表"),
    "strike": _l("划去"),
    "submit": _l("提交"),
    "totals": _l("汇总表"),
    "try": _l("试编"),
    "twin": _l("发现相同文件"),
    "universe": _l("抽取总体"),
    "upload": _l("上传"),
    "visit_pack": _l("入户包"),
}
"""What a code means, whatever fact it is of."""
CODED = ("action", "event", "mode", "state", "step", "what")
"""Facts that are codes; the others are as they were given."""


def role(key):
    return _(policy.ROLES.get(key, key))


def _type(key):
    return type_names().get(key, key)


NAMED = {"role": role, "granted": role, "township": divisions.name_of, "townships": divisions.name_of, "type": _type}
"""{key of a fact: how one code, or each of several, is named}."""


def _labels(steps):
    return {key: step.label for key, step in steps.items()}


STEPS = {
    "account": _labels(verifying.STEPS),
    "bank_profile": {"save": "修改草稿", "confirm": "确认使用", "drop": "放弃草稿"},
    "funds": _labels(funds.STEPS),
    "import": imports.MODES,
    "match": matches.STATES,
    "month": _labels(closing.STEPS),
    "payment": _labels(acts.ACTIONS) | {f"recovery {key}": label for key, label in _labels(recoveries.STEPS).items()},
    "package": {"rollback": "撤回发布"},
    "release": {
        "approve": "批准",
        "cancel": "取消定期发布",
        "create": "建立方案",
        "restore": "恢复收件",
        "retire": "停止收件",
        "return": "退回",
        "schedule": "定期发布",
        "submit": "送审",
        "withdraw": "撤回发布",
    },
    "reserve": book.KINDS | _labels(settling.STEPS) | {f"propose {key}": label for key, label in moves.LABELS.items()},
}
"""{kind of entry: {code: label}}: what was done, as the screen called it where it was done."""


def said(kind: str, key: str, value) -> str:
    """Return a fact of an entry of a kind as it is read: name and value."""
    return f"{NAMES.get(key, key)}：{_value(kind, key, value)}"


def _value(kind, key, value):
    if key in FEN and isinstance(value, int):
        return f"{format_yuan(value)} {_('元')}"
    if key in NAMED:
        return "、".join(NAMED[key](item) for item in (value if isinstance(value, list) else [value]))
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(ChainMap(STEPS.get(kind, {}), WORDS).get(value, value)) if key in CODED else str(value)
