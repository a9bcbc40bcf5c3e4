"""Passwords: how they are stored, compared and judged."""

import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from adminapp import divisions
from adminapp.errors import Invalid
from adminapp.pinyin import spell

LONGEST = 128
CLASSES = 3
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id as OWASP asks at least: 19 MiB, two passes; about 30 ms."""

_ANYBODY = HASHER.hash(secrets.token_hex(16))

COMMON = set(
    """
    password passwort passw0rd admin administrator root user guest test demo welcome letmein login master access
    secret changeme default system server manager qwerty qwertyuiop qazwsx asdfgh asdfghjkl zxcvbn zxcvbnm
    iloveyou woaini woaiwojia monkey dragon football baseball sunshine princess shadow superman batman computer
    internet google baidu huawei xiaomi tencent wechat weixin alibaba alipay china zhongguo beijing shanghai hunan
    changsha jishou xiangxi fenghuang zhengfu minzheng minzhengju minzhengban shehui shehuijiuzhu jiuzhu dibao
    tekun gaoling relief office county township village xiangzhen nihao mima jiqi renmin gongchandang spring
    summer autumn winter january february march april may june july august september october november december
    monday friday hello world abc abcd abcde abcdef abcabc aaa qaz wsx company temp public private example sample
    hunter trustno freedom whatever michael jordan jennifer thomas charlie andrew daniel jessica joshua pepper
    ginger summer love lovely honey cookie flower butterfly xiaoming zhangsan lisi wangwu woaizhongguo feng huang
    guojia shengwei xianwei zhengwu bangong caiwu shenji renshi keji anquan teacup ladder newpass newpassword pass
    pwd passwd mypassword superuser support helpdesk operator backup oracle mysql mongodb linux ubuntu windows
    microsoft apple samsung lenovo thinkpad 凤凰 凤凰县 湘西 民政 民政局 民政办 社会救助 救助 低保 密码 中国
    """.split()  # noqa: SIM905
)
_LEET = str.maketrans("013457@$!8", "oieastasib")


def hash_password(password: str) -> str:
    """Return what is stored."""
    return HASHER.hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Tell whether the password is right; takes as long when there is no account (`stored` None)."""
    password = password if len(password) <= LONGEST else ""
    try:
        return HASHER.verify(stored or _ANYBODY, _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, rules, *, username: str = "", name: str = "", history=()):
    """Raise Invalid with everything that is wrong with a new password. `history`: stored hashes, the current one too.

    Classes and ageing are what GB/T 22239-2019 asks; ASVS 6.2.5 advises against them, and the standard is law here.
    """
    password, problems = _normal(password), []
    if not rules.password_length <= len(password) <= LONGEST:
        problems.append(f"密码应为 {rules.password_length} 至 {LONGEST} 个字符")
    classes = [r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]"]
    if sum(bool(re.search(each, password)) for each in classes) < CLASSES:
        problems.append(f"密码应含大写字母、小写字母、数字、符号中的 {CLASSES} 种")
    if _is_common(password, username, name):
        problems.append("密码太容易猜到，不要用常见词、地名、姓名、用户名或连续的字符")
    if not problems and any(verify(stored, password) for stored in list(history)[: rules.password_history]):
        problems.append(f"不能与最近 {rules.password_history} 次用过的密码相同")
    if problems:
        raise Invalid(problems=problems)


def _is_common(password, username, name):
    """Tell whether what is left without digits and signs, read through usual spellings, is made of known words.

    So each word stands for all its variants (Password1!, p@ssw0rd2026, 2026Fenghuang!!).
    """
    low = password.lower()
    words = (
        COMMON | _places() | {part for part in re.split(r"[._-]", username) if len(part) > 2} | {username, spell(name)}
    )
    variants = {_letters(low), _letters(low.translate(_LEET))}
    trimmed = low.strip("0123456789!#%&*()-_=+.,?~ ")
    variants |= {_letters(trimmed.translate(_LEET)), ""}
    left = {
        re.sub("|".join(map(re.escape, sorted(words - {""}, key=len, reverse=True))), "", variant)
        for variant in variants - {""}
    }
    plain_letters = variants == {""}
    return plain_letters or any(len(rest) < 3 for rest in left) or _is_run(low) or len(set(low)) < 5


def _letters(text):
    return "".join(letter for letter in text if letter.isalpha())


def _is_run(text):
    """Tell whether most of the text walks along the alphabet, the digits or a row of keys."""
    rows = "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm"
    rows += " " + rows[::-1]
    steps = sum(text[place : place + 2] in rows or text[place] == text[place + 1] for place in range(len(text) - 1))
    return steps >= (len(text) - 1) * 0.7


def _places():
    names = [place.name[:-1] for place in divisions.townships()]
    return {*names, *map(spell, names)}


def _normal(password):
    return unicodedata.normalize("NFKC", password)


_ALPHABET = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789"


def make() -> str:
    """Return a password for handing over once: sixteen characters in four groups, none that look alike."""
    while True:
        text = "-".join("".join(secrets.choice("".join(_ALPHABET)) for _ in range(4)) for _ in range(4))
        if all(set(text) & set(letters) for letters in _ALPHABET):
            return text
