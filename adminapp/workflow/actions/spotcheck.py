"""What a spot check leaves on the case: the county's visit, and what the township did about it (县方案 五(二)1、七(二)).

Both are taken through the check they belong to (adminapp/supervision/course.py); who was drawn is not told by the case.
"""

from adminapp.workflow.action import (
    APPROVER,
    CLERK,
    DEPUTY,
    NEVER,
    REVIEWER,
    SURVEYORS,
    Action,
    Evidence,
    entry,
    options,
    text,
)

SPOT_CHECK = "spot_check"
GRANTED = ("confirmed", "in_benefit", "change_pending", "suspended", "terminating", "grace", "terminated")
RESULT = entry("result", "核查结果", "choice", options=options(true="属实", amount="金额不准", ineligible="不符合", absent="查无此人"))
KEEPERS = options(self="本人或共同生活成员", relative="其他亲属", official="村干部或工作人员代持", other="其他人", none="没有银行卡")

ACTIONS = {
    "record_spot_check": Action(
        "登记抽查入户核查", GRANTED, None, (REVIEWER, APPROVER),
        (entry("date", "核查日期", "date", max="today"), SURVEYORS,
         entry("respondent", "被访人及与救助对象关系", max_length=60), entry("persons", "实际共同生活人数", "integer", False, min="0", max="30"),
         entry("income", "了解到的家庭月收入", "money", False), entry("received", "待遇是否按月足额到账", "yes_no"),
         entry("keeper", "银行卡（存折）由谁保管", "choice", options=KEEPERS),
         entry("agreement", "有书面代持协议并报县备案", "yes_no", False, visible_when='keeper == "official"', required_when='keeper == "official"')),
        "spot_check",
        closing=(text("findings", "居住、生活、收入和财产情况，邻里反映"), RESULT,
                 entry("amount", "核查认为应为（每月）", "money", False, visible_when='result == "amount"', required_when='result == "amount"'),
                 text("advice", "处理建议", False)),
        evidence=(Evidence("spot_check_photos", "现场照片", "photos", help="住房、生活状况，不拍无关人员"),
                  Evidence("spot_check_form", "签字的抽查核查表", help="上传扫描件或照片"),
                  Evidence("spot_check_signature", "被访人和核查人签名", "signature", help="在框内手写，或者上传签名页照片")),
        guards=("check_stands", "visitors_complete", "visitors_independent", "surveyors_unrelated", "visit_proved", "not_in_the_future"),
        effects=("report_spot_check",), waits=NEVER, driven=SPOT_CHECK, tone="secondary",
    ),
    "answer_rectification": Action(
        "反馈整改情况", GRANTED, None, (CLERK, DEPUTY),
        (text("done", "整改措施和结果"), text("exception", "没有按要求调整或终止的，说明理由", False)),
        "rectification",
        evidence=(Evidence("rectification_papers", "整改佐证材料", help="更正后的材料、谈话记录、缴款凭证等"),),
        guards=("rectification_ordered", "measure_taken"), effects=("report_rectification",), waits=NEVER, driven=SPOT_CHECK,
        tone="secondary",
    ),
}  # fmt: skip
