"""English by rule, where a list would never end: places of the county, articles of laws, numbers of documents, days and months."""

import re
from functools import lru_cache

from adminapp import divisions, pinyin

KINDS = {"镇": "Town", "乡": "Township", "村": "Village", "社区": "Community", "县": "County"}
DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ARTICLES = re.compile("(?:第[一二三四五六七八九十百零〇0-9]+条(?:第[一二三四五六七八九十]+[款项])*[、，和]?)+")
_ARTICLE = re.compile("第([一二三四五六七八九十百零〇0-9]+)条((?:第[一二三四五六七八九十]+[款项])*)")
_PARAGRAPH = re.compile("第([一二三四五六七八九十]+)([款项])")
_DAY = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?")
_MONTH_DAY = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_NUMBER = re.compile(r"([\u4e00-\u9fff]{0,8})〔 ?(\d{4}) ?〕 ?(\d+) ?号")
_HOUSE = re.compile(r"(\d+) ?组(?: ?(\d+) ?号)?")
_CLAUSE = re.compile(r"([一二三四五六七八九十]+)[（(]([一二三四五六七八九十]+)[）)](\d*)")
_SHARE = re.compile("([一二三四五六七八九十百零〇两]+)分之([一二三四五六七八九十百零〇两]+)")
_TEN_THOUSANDS = re.compile(r"(-?[\d,]+(?:\.\d+)?) ?万元")
_CITED = re.compile("|".join(each.pattern for each in (_ARTICLES, _NUMBER, _CLAUSE)))


def read(text: str) -> str | None:
    """Return the English of a text that a rule covers whole, None for any other."""
    for rule in (_place, _articles, _numbered, _clause, _share, _ten_thousands, _address, _day):
        if (found := rule(text)) is not None:
            return found
    return None


def number_of(text: str) -> int:
    """Return a number below a thousand in Chinese characters or digits: 二十一 → 21, 五十 → 50, 一百零三 → 103."""
    if text.isdigit():
        return int(text)
    whole, digit = 0, 0
    for character in text:
        if character in "十百":
            whole += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = DIGITS[character]
    return whole + digit


def parts(text: str) -> list[str]:
    """Return the text with what it cites apart: 社会救助法第十八条（略） → 社会救助法, 第十八条, （略）."""
    found, end = [], 0
    for cited in _CITED.finditer(text):
        found += [text[end : cited.start()].strip(), cited[0]]
        end = cited.end()
    return [part for part in (*found, text[end:].strip()) if part]


def _numbered(text):
    """Return the number of a document: 民发〔2021〕57号 → Minfa [2021] No. 57."""
    found = _NUMBER.fullmatch(text)
    return f"{pinyin.spell(found[1]).capitalize()} [{found[2]}] No. {found[3]}" if found else None


def _address(text):
    """Return what stands behind the village in an address: 9组78号 → Group 9, No. 78."""
    found = _HOUSE.fullmatch(text)
    return ", ".join(filter(None, (f"Group {found[1]}", found[2] and f"No. {found[2]}"))) if found else None


def _clause(text):
    """Return the number of a clause: 五(二)1 → 5(2)1."""
    found = _CLAUSE.fullmatch(text)
    return f"{number_of(found[1])}({number_of(found[2])}){found[3]}" if found else None


def _share(text):
    """Return a share: 十分之三 → 3/10."""
    found = _SHARE.fullmatch(text)
    return f"{number_of(found[2])}/{number_of(found[1])}" if found else None


def _ten_thousands(text):
    """Return money in the thousands that English counts by: 169.0 万元 → 1,690 thousand yuan."""
    found = _TEN_THOUSANDS.fullmatch(text)
    return f"{float(found[1].replace(',', '')) * 10:,.0f} thousand yuan" if found else None


def _articles(text):
    if not _ARTICLES.fullmatch(text):
        return None
    return ", ".join(f"Art. {number_of(found[1])}{_paragraphs(found[2])}" for found in _ARTICLE.finditer(text))


def _paragraphs(text):
    return "".join(f"({number_of(found[1])})" for found in _PARAGRAPH.finditer(text))


def _day(text):
    if found := _DAY.fullmatch(text):
        return "-".join(filter(None, (found[1], found[2].zfill(2), found[3] and found[3].zfill(2))))
    found = _MONTH_DAY.fullmatch(text)
    return f"{found[1].zfill(2)}-{found[2].zfill(2)}" if found else None


def _place(text):
    """Return the name of a place, or of several one within the other: 凤凰县沱江镇 → Tuojiang Town, Fenghuang County."""
    place, rest = leading_place(text)
    house = _address(rest) if rest else ""
    return ", ".join(filter(None, (house, place))) if place and house is not None else None


def leading_place(text: str) -> tuple[str, str]:
    """Return (the places a text begins with, the rest): 凤凰县沱江镇某某人 → ("Tuojiang Town, Fenghuang County", "某某人")."""
    found, rest = [], text
    while name := next((name for name in _names(divisions.county()) if rest.startswith(name)), None):
        found.insert(0, spelled(name))
        rest = rest[len(name) :].lstrip(" ")
    return ", ".join(found), rest


@lru_cache(maxsize=4)
def _names(held):
    """Return the names of all places, the longest first, so that no name hides one it begins."""
    return sorted({held.county_name, *(name for one in held for name in (one.name, *one.old_names))}, key=len, reverse=True)


@lru_cache(maxsize=2_000)
def spelled(name: str) -> str:
    """Return a place by its pinyin and kind: 沱江镇 → Tuojiang Town."""
    kind = next((kind for kind in ("社区", "村", "镇", "乡", "县") if name.endswith(kind) and len(name) > len(kind)), "")
    return f"{pinyin.spell(name.removesuffix(kind)).capitalize()} {KINDS[kind]}".strip() if kind else pinyin.spell(name).capitalize()
