"""教育救助 from nothing in the browser: form, rules, procedure, papers, payment, until nothing is wrong with the draft.

`maker` is tests/views/designer/maker.py."""


def build(maker):
    """Make the type on the screen and return the id of its draft."""
    draft = maker.begin("教育救助")
    _head(maker)
    _form(maker)
    _rules(maker)
    _procedure(maker)
    _papers(maker)
    _payment(maker)
    return draft


def _head(maker):
    maker.type("[data-name=summary]", "对考上大学、缴纳学费有困难的学生给予一次性救助。")
    item = maker.item("法律依据")
    maker.type(f"{item} [data-name=text]", "教育救助办法（虚构）")
    maker.type(f"{item} [data-name=from]", "2026-07-01")


def _form(maker):
    maker.tab("表单")
    maker.pick("公民身份号码")
    maker.field("phone", "联系电话", required=True)
    maker.section("就学情况")
    maker.field("person_name", "学生姓名", required=True)
    maker.field("choice", "就学阶段", required=True)
    maker.options("高中或中职", "大专", "本科以上")
    maker.field("text", "录取学校", required=True, visible_when="就学阶段 ≠ “高中或中职”")
    maker.field("date", "入学日期")
    maker.field("money", "学费和住宿费", required=True)
    maker.field("table", "已获资助明细")
    inside = "#panel .palette"
    maker.pick("名称")
    maker.type("#panel [data-name=label]", "资助单位")
    maker.pick("已获资助明细")
    maker.field("money", "资助金额", inside, required=True)
    maker.pick("已获资助明细")
    maker.field("computed", "已获资助", formula="求和(已获资助明细，资助金额)")
    maker.part("家庭成员")
    maker.part("收款账户")


def _rules(maker):
    maker.tab("资格与金额")
    law = "教育救助办法（虚构）第%s条"
    for label, rule, reason, clause in (
        (
            "家庭人均年收入低于低保标准的 1.5 倍",
            "人均年收入 ＜ 标准(农村低保标准（年）) × 1.5",
            "家庭人均年收入不低于农村低保标准的1.5倍",
            law % "三",
        ),
        ("自付的学费没有着落", "学费和住宿费 － 已获资助 ＞ 0", "学费和住宿费已由其他资助付清", law % "四"),
    ):
        item = maker.item("资格条件")
        maker.type(f"{item} [data-name=label]", label)
        maker.type(f"{item} [data-name=rule]", rule)
        maker.type(f"{item} [data-name=reason]", reason)
        maker.type(f"{item} [data-name=clause]", clause)
    item = maker.item("金额项")
    maker.type(f"{item} [data-name=label]", "学费补助")
    maker.type(f"{item} [data-name=value]", "(学费和住宿费 － 已获资助) × 0.5")
    maker.type("[data-name='amount.cap']", "5000元")


def _procedure(maker):
    maker.tab("流程与时限")
    maker.switch("入户调查")
    maker.switch("公示")
    maker.choose("#steps [data-name=unit]", "workday")
    maker.type("#steps [data-name=days]", "5")


def _papers(maker):
    maker.tab("材料与文书")
    maker.item("文书", "受理通知书")
    item = maker.item("文书", "确认通知书")
    paragraphs = maker.page.locator(f"{item} [data-name=paragraphs]")
    with maker.saved():
        paragraphs.press_sequentially("请{{申请", delay=0)
        maker.page.wait_for_selector(".suggest [role=option]")
        paragraphs.press("Enter")
        paragraphs.press_sequentially("凭本通知书报到。")
        paragraphs.press("Tab")


def _payment(maker):
    maker.tab("公示与发放")
    for column in ("name", "village", "amount"):
        with maker.saved():
            maker.page.check(f"[data-name=posted][value={column}]")
    maker.choose("[data-name='payment.cycle']", "once")
    maker.choose("[data-name='payment.unit']", "household")
    maker.choose("[data-name='payment.start']", "decision_month")
