"""What a county still lacks before its first application: one list for the screen 上线准备, for `relief init` and `relief ready`.

Each check looks at what is stored or set, never at a tick that somebody made; so the list is right after any change, and can
be left and taken up again. Adding a check is one function with `@check`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from adminapp import audit, backup, dates, divisions, policy
from adminapp.auth import rules, users
from adminapp.bank import profiles
from adminapp.jobs import model as jobs
from adminapp.legal_basis import legal_basis

MISSING, ADVICE, DONE = "missing", "advice", "done"
LABELS = {MISSING: "还缺", ADVICE: "请核对", DONE: "已就绪"}
"""The order is that of the list: without the first no application runs to its end."""
COUNTY_ROLES = (policy.POLICY_ADMIN, policy.REVIEWER, policy.APPROVER, policy.FINANCE)
TOWNSHIP_ROLES = (policy.CLERK, policy.HEAD)
"""Who gives an opinion and who confirms it are two people (maker and checker)."""
UNPROVED = "演示参数"
"""Note of a value that came with the program and is no published figure."""
BACKUP_DAYS = 2
"""A backup is made every night; one night may fail before anybody must look."""
NAMED = 5
"""Names a sentence gives before it says how many more there are."""


@dataclass(frozen=True)
class Found:
    """What a check says. `link` is the endpoint of the screen where it is mended, "" when that is done outside the screens."""

    state: str
    told: str
    link: str = ""
    key: str = ""
    title: str = ""


CHECKS: dict[str, tuple[str, Callable]] = {}


def check(key: str, title: str):
    """Add a function of the engine that returns one Found."""

    def add(function):
        CHECKS[key] = title, function
        return function

    return add


def look(engine) -> list[Found]:
    """Return what every check says, in their order: the order in which a new county is set up."""
    return [replace(function(engine), key=key, title=title) for key, (title, function) in CHECKS.items()]


def ready(found: list[Found]) -> bool:
    """Tell whether nothing is missing; advice does not hold anybody up."""
    return all(each.state != MISSING for each in found)


def vacant() -> list[tuple[str, str]]:
    """Return (role, township) of each post without anybody who may log in; the township is "" for the county's own."""
    active = [user for user in users.all_users() if user.active]
    held = {(role, "") for user in active for role in user.roles} | {(role, code) for user in active for role in user.roles for code in user.townships}
    posts = [(role, "") for role in COUNTY_ROLES] + [(role, one.code) for one in divisions.townships() for role in TOWNSHIP_ROLES]
    return [post for post in posts if post not in held]


@check("safety", "运行环境")
def _safety(engine):
    settings = engine.settings
    if settings.insecure_cookies:
        return Found(MISSING, "登录凭据可经未加密的连接传送。请配置 HTTPS，并去掉 RELIEF_INSECURE_COOKIES（只用于本机试用）。")
    if settings.embedded:
        return Found(ADVICE, "用的是程序自带的单机数据库，只适合试用和一个小单位。正式使用请设置 RELIEF_MONGODB_URI，接入副本集。")
    return Found(DONE, "连接加密，数据库独立运行。")


@check("county", "县和区划")
def _county(engine):
    held = divisions.county()
    if engine.settings.county != held.county_name:
        return Found(MISSING, f"区划表是{held.county_name}的，而程序设为{engine.settings.county}。请改 RELIEF_COUNTY 或区划表。", "divisions.index")
    townships = divisions.townships()
    empty = [one.name for one in townships if not divisions.villages(one.code)]
    if empty:
        return Found(MISSING, f"没有村（社区）的乡镇：{_named(empty)}。", "divisions.index")
    villages = sum(len(divisions.villages(one.code)) for one in townships)
    if held is divisions.shipped():
        return Found(ADVICE, f"用的是程序自带的{held.county_name}区划表，其中的村名是虚构的，请换成本县的。", "divisions.index")
    return Found(DONE, f"{held.county_name}，{len(townships)} 个乡镇，{villages} 个村（社区）。", "divisions.index")


@check("offices", "机关和电话")
def _offices(engine):
    known = legal_basis().townships
    without = [one.name for one in divisions.townships() if one.code not in known or not known[one.code].phone]
    if without:
        return Found(MISSING, f"文书上要印的机关名称和电话还没有登记：{_named(without)}。", "divisions.index")
    return Found(ADVICE, f"{legal_basis().county.name}和 {len(divisions.townships())} 个乡镇已登记；请逐个核对文书上印的电话。", "divisions.index")


@check("calendar", "放假安排")
def _calendar(engine):
    known, today = dates.known_until(), dates.today()
    if known < today.year:
        return Found(MISSING, f"只录入到 {known} 年，办理时限会算错。", "holidays.index")
    # The State Council publishes the next year in November; a clock may run into it from then on.
    if known == today.year and today.month >= 11:
        return Found(ADVICE, f"{known + 1} 年的放假安排公布后请录入。", "holidays.index")
    return Found(DONE, f"已知到 {known} 年。", "holidays.index")


@check("standards", "救助标准")
def _standards(engine):
    table, today = engine.standards, dates.today()
    if not len(table):
        return Found(MISSING, "还没有任何标准，不能计算资格和金额。", "config.standards")
    later, unproved = [], []
    for key in table:
        standard = table.standard(key)
        if standard.values[0].since > today:
            later.append(standard.label)
        elif UNPROVED in standard.on(today).note:
            unproved.append(standard.label)
    if later:
        return Found(MISSING, f"今天还没有数值：{_named(later)}。", "config.standards")
    if unproved:
        return Found(ADVICE, f"现行数值是程序自带的演示参数，请按县里文件核对：{_named(unproved)}。", "config.standards")
    return Found(DONE, f"{len(table)} 项标准都有现行数值。", "config.standards")


@check("types", "救助类型")
def _types(engine):
    latest = engine.registry.latest().values()
    taking = [item.relief_type.name for item in latest if not item.retired]
    if not taking:
        return Found(MISSING, "没有受理申请的救助类型。", "config.types")
    return Found(DONE, f"{len(taking)} 个类型受理申请：{_named(taking)}。", "config.types")


@check("county_staff", "县级人员")
def _county_staff(engine):
    without = [policy.ROLES[role] for role, township in vacant() if not township]
    if without:
        return Found(MISSING, f"没有账户的角色：{_named(without)}。", "accounts.index")
    return Found(DONE, "政策、经办、审批、财务都有人。", "accounts.index")


@check("township_staff", "乡镇人员")
def _township_staff(engine):
    lacking = {}
    for role, township in vacant():
        if township:
            lacking.setdefault(township, []).append(policy.ROLES[role])
    without = [f"{divisions.name_of(code)}（{'、'.join(roles)}）" for code, roles in lacking.items()]
    if without:
        return Found(MISSING, f"还没有经办或确认人员的乡镇：{_named(without)}。", "accounts.index")
    return Found(DONE, f"{len(divisions.townships())} 个乡镇都有民政助理员和乡镇长。", "accounts.index")


@check("logins", "登录安全")
def _logins(engine):
    active = [user for user in users.all_users() if user.active]
    demo = [user.username for user in active if user.demo]
    if demo:
        return Found(MISSING, f"有 {len(demo)} 个演示账户，密码是公开的，正式使用前请停用。", "accounts.index")
    if sum(user.has(policy.SYSADMIN) for user in active) < 2:
        return Found(ADVICE, "系统管理员少于两人：一人离开或忘记密码时，没有人能管理账户。", "accounts.index")
    needed = rules.read().second_factor_roles
    without = [user.name for user in active if user.has(*needed) and not user.has_second_factor]
    if without:
        return Found(ADVICE, f"还没有设置两步验证（首次登录时设置）：{_named(without)}。", "accounts.index")
    first = [user.name for user in active if user.must_change]
    if first:
        return Found(ADVICE, f"还没有改初始密码：{_named(first)}。", "accounts.index")
    return Found(DONE, f"{len(active)} 个账户都改过初始密码，须两步验证的都已设置。", "accounts.index")


@check("bank", "银行文件")
def _bank(engine):
    offered = profiles.active()
    if not offered:
        return Found(MISSING, "没有使用中的银行文件格式，发放名册不能交银行。", "bank_profiles.index")
    own = [item for item in offered.values() if item.rev]
    if not own:
        return Found(ADVICE, "用的是程序自带的格式，请与代发银行核对列、编码和单位。", "bank_profiles.index")
    return Found(DONE, f"使用中：{_named([item.label for item in own])}。", "bank_profiles.index")


@check("backup", "备份")
def _backup(engine):
    last = next(iter(audit.entries({"kind": backup.KIND, "data.restored": None}, limit=1)), None)
    days = (dates.today() - dates.day_of(last["at"])).days if last else None
    if days is not None and days <= BACKUP_DAYS:
        return Found(DONE, f"最近一次：{dates.day_of(last['at'])}，{last['data']['file']}。")
    told = "还没有做过备份。" if last is None else f"最近一次备份是 {days} 天前。"
    # Whoever only tries the program out has nothing to lose.
    return Found(ADVICE if engine.settings.embedded else MISSING, told + "请按运维说明安排每天执行 relief backup create。")


@check("jobs", "后台任务")
def _jobs(engine):
    if jobs.neglected():
        return Found(MISSING, "有任务等了五分钟以上：后台任务程序没有运行，请启动 relief consume。", "jobs.index")
    return Found(DONE, "没有任务在等待。", "jobs.index")


def _named(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f"等 {len(names)} 个" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
