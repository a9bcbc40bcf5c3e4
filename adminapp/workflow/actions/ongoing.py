"""What is looked at again while an award runs: the periodic review and the proof of life (57号 第三十、三十一条).

What was found is written down here; what follows from it (a change, a pause, an end) is an action of its own, with its hearing and notice.
"""

from adminapp.ongoing.course import CERTIFIED, REVIEWED
from adminapp.workflow.action import (
    ASSISTANT,
    NEVER,
    TOWNSHIP,
    Action,
    Evidence,
    entry,
    options,
    text,
)

RUNNING = ("in_benefit", "suspended", "change_pending")
DAY = entry("date", "日期", "date", max="today")

ACTIONS = {
    "record_review": Action(
        "登记复核", RUNNING, None, TOWNSHIP,
        (DAY, entry("way", "方式", "choice", options=options(visit="入户", office="来乡镇办理", phone="电话、视频", data="数据比对"))),
        "review", closing=(text("findings", "复核情况"), entry("result", "复核结果", "choice", options=options(**REVIEWED))),
        evidence=(Evidence("review_photos", "现场照片", "photos"), Evidence("review_form", "签字的复核表")),
        guards=("after_the_grant", "not_in_the_future"), effects=("answer_task",), waits=NEVER, tone="secondary",
        help="按周期复核；有变化的再办理变更，不再符合的再办理拟终止。",
    ),
    "record_life": Action(
        "登记生存认证", RUNNING, None, (*TOWNSHIP, ASSISTANT),
        (DAY, entry("way", "方式", "choice", options=options(home="上门", office="当面", video="视频", data="数据比对", agent="委托核实")),
         entry("result", "认证结果", "choice", options=options(**CERTIFIED)),
         entry("seen_by", "认证人", max_length=60, help="谁见到本人，或者谁去找过"), text("note", "情况说明", False)),
        "life_check", evidence=(Evidence("life_photos", "认证照片", "photos", help="本人与当天日期的照片"),),
        needs=("certified_alive",), guards=("after_the_grant", "not_in_the_future", "absence_explained"), effects=("answer_task",), waits=NEVER,
        tone="secondary", help="没有联系到的先核实，再办理“暂停发放”；已去世的办理“拟终止”。登记本身不停发。",
    ),
}  # fmt: skip
