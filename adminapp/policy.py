"""The policy table: every endpoint, who may use it and what it does. An endpoint that is not here is forbidden.

Row and bulk actions of a case are one endpoint; which action a role may take is in `workflow/machine.py`.
`kind`: public (no login), self (any signed-in person, own data), list (scoped list), object (one scoped case by id),
create, file, admin, finance, job, api (a token of another system). `effect`: read, try (takes values and stores nothing), write, reveal.
"""

from dataclasses import dataclass

SYSADMIN, POLICY_ADMIN, REVIEWER, APPROVER = "sysadmin", "policy_admin", "county_reviewer", "county_approver"
FINANCE, AUDITOR = "finance", "auditor"
CLERK, DEPUTY, HEAD, ASSISTANT = "township_clerk", "township_deputy", "township_head", "village_assistant"

ROLES = {
    SYSADMIN: "系统管理员",
    POLICY_ADMIN: "县政策管理员",
    REVIEWER: "县级经办",
    APPROVER: "县级审批",
    FINANCE: "财务",
    AUDITOR: "审计",
    CLERK: "民政助理员",
    DEPUTY: "分管领导",
    HEAD: "乡镇长",
    ASSISTANT: "村级协理员",
}
EVERYONE = frozenset(ROLES)
TOWNSHIP = frozenset({CLERK, DEPUTY, HEAD})
COUNTY = frozenset({REVIEWER, APPROVER})
CASE_READERS = TOWNSHIP | COUNTY | {AUDITOR, ASSISTANT}
CASE_WORKERS = TOWNSHIP | COUNTY | {ASSISTANT}
PAYERS = COUNTY | {FINANCE, AUDITOR}


@dataclass(frozen=True)
class Rule:
    """`roles` None means nobody need sign in."""

    kind: str
    roles: frozenset[str] | None
    effect: str = "read"


POLICY: dict[str, Rule] = {}

KINDS = {
    "public": "无需登录",
    "self": "本人",
    "list": "列表（按管辖范围）",
    "object": "单件（按管辖范围）",
    "create": "新建",
    "file": "文件",
    "admin": "管理",
    "finance": "发放",
    "job": "后台任务",
    "api": "接口（凭令牌）",
}
EFFECTS = {"read": "查看", "try": "试算，不保存", "write": "办理", "reveal": "显示完整信息"}


def allow(endpoints: str, kind: str, roles, effect: str = "read"):
    """Add one row for each endpoint in a blank-separated text; naming one twice is an error."""
    for endpoint in endpoints.split():
        if endpoint in POLICY:
            raise ValueError(f"endpoint {endpoint} stands twice in the policy table")
        if kind not in KINDS or effect not in EFFECTS or not frozenset(roles or ()) <= EVERYONE:
            raise ValueError(f"endpoint {endpoint} has an unknown kind, effect or role")
        POLICY[endpoint] = Rule(kind, None if roles is None else frozenset(roles), effect)


def permits(endpoint: str, roles) -> bool:
    """Tell whether somebody with these roles may open the endpoint; what is not in the table nobody may."""
    rule = POLICY.get(endpoint)
    return rule is not None and (rule.roles is None or bool(rule.roles & frozenset(roles)))


# What anybody may open.
allow("static health ready robots", "public", None)
allow("auth.login auth.second_factor auth.choose_language", "public", None, "write")

# What everybody who is signed in may do with their own account.
allow("home.index", "self", EVERYONE)
allow("auth.sessions", "self", EVERYONE)
allow("preferences.choose_density", "self", EVERYONE, "write")
allow("help.index help.role help.topic help.words help.keys", "self", EVERYONE)
allow("auth.logout auth.change_password auth.set_up_second_factor auth.end_sessions", "self", EVERYONE, "write")

# Accounts: the system administrator; nobody else sees them.
allow("accounts.index", "admin", {SYSADMIN})
allow("accounts.create accounts.edit account_tables.index", "admin", {SYSADMIN}, "write")
allow("account_tables.template", "file", {SYSADMIN})
allow(
    "accounts.disable accounts.enable accounts.reset_password accounts.unlock accounts.remove_second_factor",
    "admin",
    {SYSADMIN},
    "write",
)

# The log of logins, denials, reveals and exports: the auditor; the system administrator could have tampered.
allow("audit.index", "admin", {AUDITOR})

# Cases: one blueprint for all types, the type is in the URL.
allow("cases.index_view", "list", CASE_READERS)
allow("cases.details_view cases.print_view", "object", CASE_READERS)
allow("cases.create_view", "create", {CLERK, ASSISTANT}, "write")
allow("cases.edit_view", "object", {CLERK, DEPUTY, ASSISTANT}, "write")
allow("cases.act", "object", CASE_WORKERS, "write")
allow("cases.handle", "object", TOWNSHIP | COUNTY, "write")
allow("cases.reveal", "object", CASE_WORKERS | {AUDITOR}, "reveal")
allow("cases.upload cases.remove_file", "object", {CLERK, DEPUTY, ASSISTANT, REVIEWER}, "write")
allow("cases.download", "file", CASE_READERS)
# Saved views of lists: everybody's own, and those shared with the own post; the owner alone changes one.
allow("saved_views.save", "create", CASE_READERS, "write")
allow("saved_views.change saved_views.remove", "object", CASE_READERS, "write")
allow("saved_views.choose_columns", "self", CASE_READERS, "write")
allow("worklist.index", "list", CASE_WORKERS)
allow("worklist.overview", "list", TOWNSHIP | COUNTY)
allow("bulk.ask", "list", CASE_WORKERS, "write")

# Search: everybody finds the functions they may open; cases only who reads cases.
allow("search.index search.suggest", "list", EVERYONE)
allow("search.place", "list", CASE_READERS)

# Delegation while away: one's own, and for leaders that of their people; who may do what is asked of each delegation.
allow("delegations.index", "list", CASE_WORKERS)
allow("delegations.arrange", "create", CASE_WORKERS, "write")
allow("delegations.end", "object", CASE_WORKERS, "write")

# What is missing before the first application: for those who set the county up.
allow("readiness.index", "admin", {SYSADMIN, POLICY_ADMIN})

# Relief types and standards. What is declared is read by those who configure, decide and check.
allow("config.close", "admin", {POLICY_ADMIN}, "write")
allow("config.types config.relief_type config.source config.standards", "admin", {POLICY_ADMIN, AUDITOR} | COUNTY)

# The designer: the policy administrator writes drafts of types and standards, who decides and checks may read them.
DESIGN_READERS = {POLICY_ADMIN, AUDITOR} | COUNTY
allow("designer.index designer.draft designer.preview designer.words designer.history", "admin", DESIGN_READERS)
allow("designer.trial", "admin", DESIGN_READERS, "try")
allow("designer.chart", "admin", DESIGN_READERS | CASE_WORKERS)
allow("designer.new designer.begin designer.begin_standards", "admin", {POLICY_ADMIN}, "write")
allow("designer.edit designer.here designer.discard", "admin", {POLICY_ADMIN}, "write")

# Files of cases (一户一档): masked like a printed form; near relatives of a case are kept off it.
allow("archive.index", "list", CASE_READERS)
allow("archive.show", "object", CASE_READERS)
allow("archive.bind", "object", TOWNSHIP | COUNTY | {AUDITOR}, "reveal")
allow("archive.start", "list", TOWNSHIP | COUNTY, "reveal")

# Registers (台账): each says itself which of these read it; finance only those of money. A workbook is masked for who takes it out.
REGISTER_READERS = TOWNSHIP | COUNTY | {AUDITOR, FINANCE}
allow("registers.index registers.show", "list", REGISTER_READERS)
allow("registers.sheet", "file", REGISTER_READERS, "reveal")
# Entries that a township makes itself; the register says whether it has any.
allow("entries.create", "create", {CLERK, DEPUTY}, "write")
allow("entries.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("entries.strike", "object", {CLERK, DEPUTY}, "write")

# Reports: figures for all of these, a township its own, finance those of the county; the rows behind a number by who reads cases.
allow("reports.index reports.show", "list", REGISTER_READERS)
allow("reports.rows", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("reports.paper", "file", REGISTER_READERS)
allow("reports.work_out", "job", COUNTY, "write")

# Evaluation: a township sees its own figures beside the county's average; the rows behind them by the registers.
allow("evaluation.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("evaluation.paper", "file", TOWNSHIP | COUNTY | {AUDITOR})

# Imports: brought in by the clerk for the own township and by the county; recipients who are taken over are let in by the approver.
allow("imports.index", "list", {CLERK, REVIEWER, APPROVER})
allow("imports.show", "object", {CLERK, REVIEWER, APPROVER})
allow("imports.template", "file", {CLERK, REVIEWER})
allow("imports.upload", "create", {CLERK, REVIEWER}, "write")
allow("imports.map imports.judge", "object", {CLERK, REVIEWER}, "write")
allow("imports.act", "object", {CLERK, REVIEWER, APPROVER}, "write")
allow("golden.show", "admin", DESIGN_READERS)
allow("golden.add golden.remove", "admin", {POLICY_ADMIN}, "write")

# Releases: written and published by policy administrators, approved by a second person. Simulations show figures to all of them,
# single cases only to those who may read cases (views/simulations.py).
RELEASE_READERS = {POLICY_ADMIN, AUDITOR} | COUNTY
allow("releases.index releases.show releases.compare releases.cases", "admin", RELEASE_READERS)
allow("releases.begin releases.save_cases releases.earlier", "admin", {POLICY_ADMIN}, "write")
allow("releases.act", "admin", {POLICY_ADMIN, APPROVER}, "write")
allow("packages.index", "admin", {POLICY_ADMIN, AUDITOR})
allow("packages.hand_out", "admin", {POLICY_ADMIN, AUDITOR}, "reveal")
allow("packages.show", "admin", {POLICY_ADMIN})
allow("packages.upload packages.take", "admin", {POLICY_ADMIN}, "write")
allow("simulations.index simulations.show", "admin", RELEASE_READERS)
allow("simulations.order", "admin", {POLICY_ADMIN}, "write")
allow("simulations.workbook", "admin", RELEASE_READERS, "reveal")

# Notices: issued by those who handle cases, read by who reads the case; the check by code is for anybody with the paper.
allow("notices.issue", "object", TOWNSHIP | COUNTY, "write")
allow("notices.download", "file", CASE_READERS)
allow("notices.bulk", "list", TOWNSHIP | COUNTY)
allow("notices.start notices.cancel", "job", TOWNSHIP | COUNTY, "write")
allow("notices.state notices.file", "job", TOWNSHIP | COUNTY)
allow("notices.check", "public", None)

# Verification: a township reads the results of its own requests, the county's checkers put batches together and report; what the
# agencies sent back is revealed to them alone (社会救助法第七十条). The paper to be signed carries full numbers, like a notice.
allow("verification.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("verification.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("verification.batch", "list", COUNTY | {AUDITOR})
allow("verification.make verification.send verification.receive verification.report_clear", "job", {REVIEWER}, "write")
allow("verification.report", "object", {REVIEWER}, "write")
allow("verification.reveal", "object", {REVIEWER}, "reveal")
allow("verification.authorisation", "file", CASE_WORKERS)

# Lists of other offices: the county's checkers compare them, the township looks into a hit, a second person of the county decides.
allow("matching.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("matching.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("matching.run", "list", COUNTY | {AUDITOR})
allow("matching.template", "file", {REVIEWER})
allow("matching.upload", "create", {REVIEWER}, "write")
allow("matching.check", "object", {CLERK, DEPUTY}, "write")
allow("matching.decide matching.lift", "object", COUNTY, "write")

# Visits: packs of a village and a day on paper, entered afterwards; what a visit found is taken over by who may edit the case.
allow("visits.index visits.pack", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("visits.new", "create", {CLERK, DEPUTY}, "write")
allow("visits.paper", "file", {CLERK, DEPUTY})
allow("visits.enter visits.mark visits.take", "object", {CLERK, DEPUTY}, "write")

# Leads: villages hand them in and see the state of their own, the township answers, the county reads the figures.
allow("leads.index leads.show", "list", CASE_READERS)
allow("leads.new", "create", {ASSISTANT, CLERK, DEPUTY}, "write")
allow("leads.answer", "object", {CLERK, DEPUTY}, "write")

# Appraisals: a meeting on many cases of a village; the township plans, writes down and closes it, the county reads.
allow("meetings.index meetings.show", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("meetings.new", "create", {CLERK, DEPUTY}, "write")
allow("meetings.minutes", "file", {CLERK, DEPUTY})
allow("meetings.attend meetings.vote meetings.close meetings.cancel", "object", {CLERK, DEPUTY}, "write")

# Awards: the register of a month and one award with what was paid for it, by whoever reads the case.
allow("awards.index", "list", CASE_READERS)
allow("awards.show", "object", CASE_READERS)

# Ongoing management: what is planned for the months ahead and who has it, by whoever reads the case; the county plans anew.
allow("ongoing.index ongoing.tasks", "list", CASE_READERS)
allow("ongoing.plan", "job", COUNTY, "write")

# Recovery of what was paid too much: arranged by the township, confirmed by another person, given up by the county alone.
allow("recoveries.index recoveries.show", "finance", PAYERS | TOWNSHIP)
allow("recoveries.act", "object", COUNTY | TOWNSHIP | {FINANCE}, "write")

# Standards raised for all: ordered by one person of the county, approved by another.
allow("raises.index raises.show", "admin", COUNTY | {AUDITOR})
allow("raises.new", "create", {REVIEWER}, "write")
allow("raises.act", "admin", COUNTY, "write")
# Public pages: anybody, without a session. The forms take what people tell; nothing is shown but what was made for the public.
allow("public.page", "public", None)
allow("public.complain public.object public.ask", "public", None, "write")

# Payment lists: made, approved and funded by different people; a township sees its own lines. Full numbers leave in files only.
allow("payments.index payments.show payments.lines payments.variance", "finance", PAYERS | TOWNSHIP)
allow("payments.new payments.adjust", "finance", {REVIEWER}, "write")
allow("payments.act", "finance", COUNTY | {FINANCE}, "write")
allow("payments.prove", "finance", PAYERS, "write")
allow("payments.release", "finance", COUNTY | {FINANCE}, "reveal")

# Fund requests: asked for by the county, approved and noted as arrived by finance; they hold no person.
allow("funds.index funds.show", "finance", PAYERS)
allow("funds.paper funds.sheet", "file", PAYERS)
allow("funds.new", "create", {REVIEWER}, "write")
allow("funds.act", "finance", {REVIEWER, FINANCE}, "write")

# Month close: by who makes the lists or pays them; opening a closed month takes two persons.
allow("months.index months.show", "finance", PAYERS)
allow("months.act", "finance", COUNTY | {FINANCE}, "write")

# The reserve of townships: money between county and township is proposed by one and confirmed by finance; a township pays out of its own.
allow("reserve.index reserve.show reserve.entry", "finance", PAYERS | TOWNSHIP)
allow("reserve.sheet reserve.paper", "file", PAYERS | TOWNSHIP)
allow("reserve.act", "finance", COUNTY | {FINANCE, DEPUTY, HEAD}, "write")
allow("reserve.pay", "object", {CLERK, DEPUTY}, "write")
allow("reserve.document reserve.refund", "object", {CLERK, DEPUTY}, "write")

# What the bank answered: taken in by finance; what it did not pay is put right by township and county.
allow("payments.returns payments.returned", "finance", PAYERS)
allow("payments.upload_returned payments.apply_returned payments.reject_returned", "finance", {FINANCE}, "write")
allow("corrections.index", "list", PAYERS | TOWNSHIP)
allow("corrections.settle", "finance", COUNTY | TOWNSHIP, "write")

# Where the money goes: accounts verified by a second person; formats of banks drafted by one office and confirmed by another.
allow("bank_accounts.index bank_accounts.show", "list", PAYERS | TOWNSHIP)
allow("bank_accounts.act", "object", COUNTY | TOWNSHIP, "write")
allow("bank_profiles.index bank_profiles.show", "finance", {POLICY_ADMIN} | PAYERS)
allow("bank_profiles.create bank_profiles.edit", "finance", {POLICY_ADMIN}, "write")
allow("bank_profiles.act", "finance", {POLICY_ADMIN, FINANCE}, "write")

# Posting by village: made and closed by the township; the village brings photos and takes sheets down.
POSTERS = frozenset({CLERK, DEPUTY})
allow("postings.index", "list", CASE_READERS)
allow("postings.show postings.sheet postings.photo", "object", CASE_READERS)
allow("postings.sheets", "list", CASE_READERS)
allow("postings.create", "create", POSTERS, "write")
allow("postings.hang postings.take_down", "object", POSTERS | {ASSISTANT}, "write")
allow("postings.close postings.void postings.repost postings.again", "object", POSTERS, "write")
allow("objections.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("objections.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("objections.create objections.act", "object", POSTERS, "write")
allow("objections.reveal", "object", POSTERS, "reveal")
allow("objections.paper", "file", POSTERS)
allow("publicity.index", "admin", {POLICY_ADMIN})
allow("publicity.change publicity.edit", "admin", {POLICY_ADMIN}, "write")

# Complaints: assigned by the county, seen by who assigns, counts or investigates; who told only by the investigator (the engine asks).
allow("complaints.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("complaints.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("complaints.create", "create", POSTERS | {REVIEWER, APPROVER}, "write")
allow("complaints.act", "object", TOWNSHIP | COUNTY, "write")
allow("complaints.reveal", "object", TOWNSHIP | COUNTY, "reveal")
allow("complaints.paper complaints.slip complaints.slip_pdf", "file", TOWNSHIP | COUNTY)

# Related persons: filed by township and county, each for its own people; the auditor reads.
allow("related.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("related.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("related.create", "create", {CLERK, DEPUTY, REVIEWER}, "write")
allow("related.edit related.end", "object", {CLERK, DEPUTY, REVIEWER}, "write")

# Spot checks: drawn, assigned, visited and judged by the county; the township learns of a check by the visit and answers.
allow("supervision.index supervision.checks", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("supervision.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("supervision.visit supervision.act", "object", COUNTY, "write")
allow("supervision.answer", "object", {CLERK, DEPUTY}, "write")
allow("supervision.assign supervision.agree", "list", COUNTY, "write")
allow("supervision.order", "file", TOWNSHIP | COUNTY | {AUDITOR})
allow("supervision.sheets", "file", COUNTY, "reveal")
allow("supervision.draw", "create", COUNTY, "write")
allow("supervision.drawn", "object", COUNTY | {AUDITOR})
allow("supervision.universe", "file", COUNTY | {AUDITOR}, "reveal")

# Warnings: read within scope; the county looks into them and puts aside what is in order.
allow("warnings.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("warnings.show", "object", TOWNSHIP | COUNTY | {AUDITOR})
allow("warnings.dismiss warnings.restore", "list", COUNTY, "write")

# Time limits: who was late and why, within scope.
allow("lateness.index", "list", TOWNSHIP | COUNTY | {AUDITOR})
allow("lateness.rows", "file", TOWNSHIP | COUNTY | {AUDITOR})

# The calendar: entered by who declares, read by the county and audit.
allow("holidays.index", "admin", {POLICY_ADMIN, AUDITOR} | COUNTY)
allow("holidays.change", "admin", {POLICY_ADMIN}, "write")

# Townships, villages and offices: whoever sets a county up or declares; the county and audit read.
allow("divisions.index", "admin", {SYSADMIN, POLICY_ADMIN, AUDITOR} | COUNTY)
allow("divisions.download", "file", {SYSADMIN, POLICY_ADMIN, AUDITOR} | COUNTY)
allow("divisions.change", "admin", {SYSADMIN, POLICY_ADMIN}, "write")

# Joint inspection: figures of supervision and payment without any person, for finance too.
allow("inspection.index", "list", PAYERS)
allow("inspection.report", "file", PAYERS)

# Tokens of other systems are made by the system administrator; what they open is the same table, scope and mask.
allow("tokens.index", "admin", {SYSADMIN})
allow("tokens.create tokens.revoke", "admin", {SYSADMIN}, "write")
allow("api.openapi", "api", {CLERK, REVIEWER, FINANCE, AUDITOR})
allow("api.cases api.case", "api", {CLERK, REVIEWER, AUDITOR})
allow("api.apply api.change api.attach api.submit", "api", {CLERK}, "write")
allow("api.awards api.award", "api", {CLERK, REVIEWER, AUDITOR})
allow("api.batches api.batch api.lines", "api", {CLERK, REVIEWER, FINANCE, AUDITOR})

# Jobs: one's own, and those of a kind whose readers one belongs to (jobs/model.py asks at each access).
allow("jobs.index", "self", EVERYONE)
allow("jobs.show jobs.status jobs.artefact", "job", EVERYONE)
allow("jobs.cancel", "job", EVERYONE, "write")


def as_markdown() -> str:
    """Return the table as the authorisation document (docs/permissions.md)."""
    heads = " | ".join(ROLES.values())
    lines = [
        "# 权限表",
        "",
        "由 `adminapp/policy.py` 生成，不要手工修改。没有列入的地址一律拒绝；",
        "不在管辖范围内的内容与不存在的一样，都是 404。",
        "",
        f"| 入口 | 种类 | 作用 | {heads} |",
        "|" + " --- |" * (3 + len(ROLES)),
    ]
    for endpoint, rule in POLICY.items():
        marks = " | ".join("○" if rule.roles is None else "●" if role in rule.roles else "" for role in ROLES)
        lines.append(f"| `{endpoint}` | {KINDS[rule.kind]} | {EFFECTS[rule.effect]} | {marks} |")
    return "\n".join([*lines, "", "● 可以　○ 不登录也可以", ""])


if __name__ == "__main__":  # python -m adminapp.policy > docs/permissions.md
    print(as_markdown(), end="")
