"""What an administrator may write in a notice template, checked when it is saved.

A template is HTML with `{{占位符}}`. There is no logic in it. Anything outside the lists below is refused, never
repaired, so that what is saved is what is printed; every problem is named at once.
"""

import difflib
import html
import re
from html.parser import HTMLParser

from adminapp.notices.kinds import KINDS

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

MOST_BYTES = 20 * 1024
MOST_DEPTH = 20
MOST_SPAN = 50
MOST_ROWS = 60

TAGS = frozenset(("p", "div", "span", "br", "b", "strong", "u", "table", "thead", "tbody", "tr", "th", "td"))
CLASSES = frozenset(
    ("agency", "title", "number", "to", "head", "hei", "kai", "song", "last", "sign", "date", "contact", "note")
    + ("center", "right", "tall")
)
LENGTH = r"-?\d{1,3}(\.\d{1,2})?(pt|mm|em|%)"
STYLES = {
    "text-align": r"left|center|right|justify",
    "text-indent": LENGTH,
    "font-size": r"([6-9]|[1-3]\d)(\.\d)?pt",
    "line-height": r"([6-9]|[1-5]\d)(\.\d{1,2})?pt",
    "font-family": r"song|hei|kai|fangsong|xiaobiaosong",
    "font-weight": r"normal|bold",
    "margin-top": LENGTH,
    "margin-bottom": LENGTH,
    "margin-left": LENGTH,
    "padding": LENGTH,
    "width": LENGTH,
    "color": r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?|red|black",
    "text-decoration": r"none|underline",
}
WORDS = {"width": re.compile(r"\d{1,3}%?"), "colspan": re.compile(r"\d{1,7}"), "rowspan": re.compile(r"\d{1,7}")}


def check_template(kind: str, text: str) -> list[str]:
    """Return everything wrong with `text` as a template of `kind`, one sentence each; empty when it may be used."""
    if kind not in KINDS:
        return [f"没有“{kind}”这种文书。现有：{'、'.join(KINDS)}。"]
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return [f"模板超过 {MOST_BYTES // 1024} KB，请精简。"]
    reader = _Reader(KINDS[kind])
    reader.feed(text)
    reader.close()
    return reader.all_problems()


def check_paragraph(kind: str, text: str) -> list[str]:
    """Return everything wrong with a paragraph that a type adds to the template of `kind`: plain text with placeholders."""
    reader = _Reader(KINDS[kind])
    reader.feed(f"<p>{html.escape(text, quote=False)}</p>")
    reader.close()
    return [problem.partition("：")[2] for problem in reader.problems]


class _Reader(HTMLParser):
    def __init__(self, kind):
        super().__init__(convert_charrefs=True)
        self.kind = kind
        self.open = []
        self.used = set()
        self.rows = 0
        self.problems = []

    def problem(self, sentence):
        line, _column = self.getpos()
        self.problems.append(f"第 {line} 行：{sentence}")

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.problem(f"不能使用标签 <{tag}>。可用：{'、'.join(sorted(TAGS))}。")
            return
        if tag == "p" and "p" in self.open:
            self.problem("<p> 不能放在段落里，前一个段落没有结束。")
        for name, value in attributes:
            self.check_attribute(tag, name, value or "")
        self.rows += tag == "tr"
        if tag != "br":
            self.open.append(tag)
            if len(self.open) == MOST_DEPTH + 1:
                self.problem(f"标签嵌套超过 {MOST_DEPTH} 层。")

    def handle_startendtag(self, tag, attributes):
        if tag == "br":
            self.handle_starttag(tag, attributes)
        else:
            self.problem(f"<{tag}/> 不能自闭合，请写成 <{tag}></{tag}>。")

    def handle_endtag(self, tag):
        if tag not in TAGS or tag == "br":
            return
        if not self.open or self.open[-1] != tag:
            self.problem(f"</{tag}> 没有对应的开始标签，或者标签交叉。")
            return
        self.open.pop()

    def check_attribute(self, tag, name, value):
        if name == "class":
            for word in value.split():
                if word not in CLASSES:
                    self.problem(f"没有样式类“{word}”。{_nearest(word, CLASSES)}")
        elif name == "style":
            for declaration in filter(str.strip, value.split(";")):
                self.check_style(declaration)
        elif name in WORDS and tag in {"td", "th", "table"}:
            if not WORDS[name].fullmatch(value):
                self.problem(f"属性 {name}=“{value}”的写法不对。")
            elif name.endswith("span") and not 1 <= int(value) <= MOST_SPAN:
                self.problem(f"属性 {name} 应在 1 到 {MOST_SPAN} 之间，现为 {value}。")
        else:
            self.problem(f"<{tag}> 不能使用属性 {name}。")

    def check_style(self, declaration):
        name, _colon, value = (part.strip().lower() for part in declaration.partition(":"))
        if name not in STYLES:
            self.problem(f"不能使用样式“{name}”。可用：{'、'.join(STYLES)}。")
        elif not re.fullmatch(STYLES[name], value):
            self.problem(f"样式 {name} 的值“{value}”不能使用。")

    def handle_data(self, text):
        for match in PLACEHOLDER.finditer(text):
            self.check_placeholder(match[1])
        rest = PLACEHOLDER.sub("", text)
        if "{{" in rest or "}}" in rest:
            self.problem("占位符没有写完整，应为 {{名称}}。")
        if text.strip() and self.open and self.open[-1] in {"table", "thead", "tbody", "tr"}:
            self.problem(f"文字“{text.strip()[:10]}”应放在单元格里。")

    def check_placeholder(self, name):
        placeholder = self.kind.by_name.get(name)
        if placeholder is None:
            self.problem(f"“{self.kind.title}”没有占位符“{name}”。{_nearest(name, self.kind.by_name)}")
            return
        self.used.add(placeholder.key)
        if placeholder.columns and set(self.open) - {"div"}:
            self.problem(f"“{name}”是表格，应单独放在 <div> 里，不能放在段落或单元格里。")

    def handle_comment(self, text):
        self.problem("不能使用注释。")

    def handle_decl(self, text):
        self.problem("不能使用 <!…> 声明。")

    def unknown_decl(self, text):
        self.problem("不能使用 <![…]> 声明。")

    def handle_pi(self, text):
        self.problem("不能使用 <?…> 指令。")

    def all_problems(self):
        found = list(self.problems)
        if self.open:
            found.append(f"标签没有结束：{'、'.join(f'<{tag}>' for tag in self.open)}。")
        if self.rows > MOST_ROWS:
            found.append(f"表格超过 {MOST_ROWS} 行。")
        for placeholder in self.kind.placeholders:
            if placeholder.key in self.kind.needed and placeholder.key not in self.used:
                found.append(f"缺少 {{{{{placeholder.name}}}}}：{placeholder.about}。")
        return found


def _nearest(word, known):
    near = difflib.get_close_matches(word, known, 1, 0.3)
    return f"是否应为“{near[0]}”？" if near else f"可用：{'、'.join(sorted(known))}。"
