"""An invented notice of every kind, for the preview beside the template editor and for tests."""

from adminapp.notices.kinds import KINDS
from exports.notices.content import NoticeContent

VALUES = {
    "agency": "凤凰县虚构镇人民政府",
    "applicant": "王䶮（虚构）",
    "address": "凤凰县虚构镇虚构村3组",
    "item": "社会救助（演示）",
    "case_number": "433123105DB202600005",
    "applied_on": "2026年6月3日",
    "accepted_on": "2026年6月5日",
    "issued_on": "2026年7月1日",
    "due": "2026年7月10日",
    "handler": "李㛃（虚构）",
    "phone": "0743-1234567",
    "county_phone": "0743-7654321",
    "basis": "《演示办法》第二十一条、第二十二条",
    "amount": "每月1,284.00元",
    "old_amount": "每月1,926.00元",
    "amount_words": "壹仟贰佰捌拾肆元整",
    "start": "2026年7月",
    "stop": "2026年8月",
    "resuming": "请本人持身份证到虚构镇便民服务中心办理生存认证，行动不便的可以电话预约上门；认证后恢复发放。",
    "payment": "按月通过“一卡通”账户（尾号1234）发放",
    "duties": "家庭人口、收入、财产状况发生变化的，应当及时告知乡镇人民政府；享受期间应当配合定期复核。",
    "reason": "你户共同生活的家庭成员月人均收入为1,020.00元，高于现行标准。",
    "facts": "经入户调查和信息核对，你户共3人，刘𬬭（虚构）在县外务工，月收入3,060.00元，有工资单和核对报告为证。",
    "instead": "所述事项由县医疗保障部门办理，可以到虚构镇便民服务中心2号窗口咨询。",
    "consequence": "逾期未补正且无正当理由的，视为放弃申请。",
    "source": "经与近亲属备案登记比对",
    "reported_on": "2026年6月20日",
    "days": "5个工作日",
    "scope": "户籍（公安）、机动车（公安）、银行存款（金融监管、银行）",
    "validity": "自签署之日起，至退出社会救助之日止，包括享受期间的定期核对",
    "signer": "刘𬬭（虚构）",
    "signer_number": "433123********0017",
    "signer_relation": "子",
    "sources": "随机抽取",
    "visitors": "李㛃（虚构）（县民政局）、周虚构（县财政局）",
    "since": "2026年7月",
    "addressee": "凤凰县虚构镇人民政府",
    "village": "虚构村",
    "visited_on": "2026年6月25日",
    "result": "金额不准",
    "measure": "调整待遇（增发、减发、增减员）",
    "demand": "经核实，长子已于2026年5月就业，请按新的家庭收入重新计算，并从次月起调整。",
    "remedy": "如不服本决定，可以自收到之日起60日内向凤凰县人民政府申请行政复议，"
    "或者自收到之日起6个月内依法向有管辖权的人民法院提起行政诉讼。",
}
TABLES = {
    "members": [
        ["1", "王䶮（虚构）", "本人", "重度残疾", ""],
        ["2", "买买提·艾力（虚构）", "配偶", "", ""],
        ["3", "刘𬬭（虚构）", "儿子", "在校学生", "就读于虚构县第一中学"],
    ],
    "terms": [["保障标准", "642.00元×3人", "1,926.00"], ["减：家庭月收入", "214.00元×3人", "-642.00"]],
    "relations": [["1", "王䶮（虚构）", "父母", "王小明（虚构）", "虚构镇人民政府 民政助理员"]],
    "kinds": [["1", "银行存款", "与申报不一致", "存款超过申报"], ["2", "机动车", "有信息，不影响", "残疾人代步车"]],
    "signers": [["王䶮（虚构）", "433123********4216", "本人", "", ""], ["买买提·艾力（虚构）", "433123********0048", "配偶", "", ""]],
    "spot_check_sheet.members": [["1", "王䶮（虚构）", "", "", ""], ["2", "买买提·艾力（虚构）", "", "", ""], ["3", "", "", "", ""]],
    "acceptance.files": [["1", "申请书", "1", "原件"], ["2", "家庭经济状况核对授权书", "3", "成年成员各1份"]],
    "supplement.files": [
        ["1", "核对授权书", "成年家庭成员均应签字，缺买买提·艾力（虚构）一份"],
        ["2", "就读证明", "加盖学校公章"],
    ],
}


def sample_content(
    kind: str, number: str = "凤虚民救〔2026〕5号", template: str | None = None, **values
) -> NoticeContent:
    """Return an invented notice of `kind`; `values` replaces single values."""
    keys = {placeholder.key: placeholder for placeholder in KINDS[kind].placeholders}
    texts = {key: text for key, text in (VALUES | values).items() if key in keys and not keys[key].columns}
    tables = {key: TABLES.get(f"{kind}.{key}") or TABLES[key] for key in keys if keys[key].columns}
    return NoticeContent(kind, number, texts, tables, "https://jz.fenghuang.example/v/8Kd93Lq2", template)
