"""Reads a formula that people wrote: the other half of `written`. Places in errors are places in the text they typed.

    formula = 如果 or 则 or 否则 formula | or                     or  = and {或者 and}          and = not {并且 not}
    not     = 不是 not | comparison                              comparison = sum {(＝ ≠ ＜ ≤ ＞ ≥ 属于 不属于) sum} | sum 包含 sum
    sum     = term {(＋ －) term}    term = sign {(× ÷) sign}     sign = － sign | atom
    atom    = number [元 %] | “text” | name | 是 | 否 | function(formula，…) | (formula) | [atom、…]

The signs of a keyboard (+ - * / = != < <= > >=) and the ids of fields are understood too.
"""

import ast
import re
from dataclasses import dataclass

from adminapp.formula.functions import FUNCTIONS, PROGRAMMES, ROW_FUNCTIONS
from adminapp.formula.language import Formula, FormulaError, check_shape, parse
from adminapp.formula.lexicon import CALLS, KEYWORDS, Lexicon, is_word_character
from adminapp.formula.printing import to_source
from adminapp.formula.types import check_types
from adminapp.formula.written import write
from adminapp.words import nearest

LONGEST = 4_000
DEEPEST = 30
COMPARISONS = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "in": ast.In,
    "not in": ast.NotIn,
}
ADDING, MULTIPLYING = {"+": ast.Add, "-": ast.Sub}, {"*": ast.Mult, "/": ast.Div}
SYMBOLS = {
    "<=": "<=", ">=": ">=", "==": "==", "!=": "!=", "<>": "!=", "＜＝": "<=", "＞＝": ">=", "＜": "<", "＞": ">", "<": "<", ">": ">", "≤": "<=",
    "≥": ">=", "≦": "<=", "≧": ">=", "＝": "==", "=": "==", "≠": "!=", "＋": "+", "+": "+", "－": "-", "-": "-", "−": "-", "—": "-", "×": "*",
    "*": "*", "＊": "*", "÷": "/", "/": "/", "／": "/", "(": "(", "（": "(", ")": ")", "）": ")", "[": "[", "［": "[", "]": "]", "］": "]",
    "，": ",", ",": ",", "、": "、", "%": "%", "％": "%",
}  # fmt: skip
_SYMBOL = re.compile("|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True))))
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_QUOTES = {"“": "”", '"': '"', "「": "」", "『": "』"}


@dataclass(frozen=True)
class Token:
    """`sort`: number, text, name, word (an operator or keyword), call, end. `value` is what it means."""

    sort: str
    value: object
    start: int
    end: int


def understand(text: str, lexicon: Lexicon, expect: str | None = None) -> Formula:
    """Return the stored formula of what somebody wrote; raise FormulaError with the place in their text.

    `expect` is the type it must have, as in `check_types`.
    """
    tree = read(text, lexicon)
    check_types(Formula(text, tree, (), ()), lexicon.names, lexicon.types, expect)
    return parse(to_source(tree))


def explain(stored: str, lexicon: Lexicon, expect: str | None = None) -> FormulaError | None:
    """Return what is wrong with a stored formula, with the place in the text that people see; None when nothing is."""
    try:
        understand(write(stored, lexicon), lexicon, expect)
    except FormulaError as error:
        return error
    return None


def read(text: str, lexicon: Lexicon) -> ast.expr:
    """Return the syntax tree; `col_offset` and `end_col_offset` of its nodes are places in `text`. Raise FormulaError."""
    if not text.strip():
        raise FormulaError("公式为空")
    if len(text) > LONGEST:
        raise FormulaError(f"公式有 {len(text)} 个字符，最多 {LONGEST} 个；请拆成几个计算字段")
    parser = _Parser(text, lexicon)
    tree = parser.formula()
    parser.expect_end()
    check_shape(tree)
    parser.check_known(tree)
    return tree


class _Tokens:
    """Cuts a text into tokens, each when it is asked for: inside a row of a table other words are known."""

    def __init__(self, text):
        self.text = text

    def at(self, place, lexicon) -> Token:
        text = self.text
        while place < len(text) and text[place].isspace():
            place += 1
        if place == len(text):
            return Token("end", None, place, place)
        if text[place] in _QUOTES:
            return self._quoted(place)
        for name in lexicon.special:
            if text.startswith(name, place):
                return Token("name", name, place, place + len(name))
        if number := _NUMBER.match(text, place):
            return Token("number", number[0], place, number.end())
        if symbol := _SYMBOL.match(text, place):
            return Token("word", SYMBOLS[symbol[0]], place, symbol.end())
        if is_word_character(text[place]):
            return self._word(place, lexicon)
        raise FormulaError(f"不认识的符号“{text[place]}”", place + 1, place + 1)

    def _quoted(self, place):
        opening = self.text[place]
        closing, end, parts = _QUOTES[opening], place + 1, []
        while True:
            found = self.text.find(closing, end)
            if found < 0:
                raise FormulaError(f"引号“{opening}”没有结束", place + 1, len(self.text))
            parts.append(self.text[end:found])
            if self.text[found + 1 : found + 2] != closing:
                return Token("name" if opening in "「『" else "text", closing.join(parts), place, found + 1)
            end = found + 2

    def _word(self, place, lexicon):
        end = place
        while end < len(self.text) and is_word_character(self.text[end]):
            end += 1
        run = self.text[place:end]
        pieces = [run] if _known(run, lexicon) else _cut(run, lexicon)
        word = pieces[0]
        return self._token(word, place, lexicon)

    def _token(self, word, place, lexicon):
        end = place + len(word)
        rest = self.text[end:].lstrip()
        if word in CALLS and rest[:1] in ("(", "（"):
            return Token("call", CALLS[word], place, end)
        if word in KEYWORDS or word == "元":
            return Token("word", KEYWORDS.get(word, word), place, end)
        return Token("name", word, place, end)


def _known(run, lexicon):
    return (
        lexicon.fields.find(run) is not None
        or run in KEYWORDS
        or run in CALLS
        or run == "元"
        or run in lexicon.option_words
    )


def _cut(run, lexicon) -> list[str]:
    """Return the words of a run written without blanks (甲并且乙): known words, the longest first; the run itself if it cannot be cut."""
    ways: dict[int, list[str] | None] = {len(run): []}
    for start in range(len(run) - 1, -1, -1):
        ways[start] = None
        for end in range(len(run), start, -1):
            if ways[end] is not None and _known(run[start:end], lexicon):
                ways[start] = [run[start:end], *ways[end]]
                break
    return ways[0] or [run]


class _Parser:
    def __init__(self, text, lexicon):
        self.tokens, self.text, self.lexicon = _Tokens(text), text, lexicon
        self.depth, self.place = 0, 0
        self._next = None

    # Tokens

    @property
    def token(self) -> Token:
        if self._next is None or self._next[0] is not self.lexicon:
            self._next = (self.lexicon, self.tokens.at(self.place, self.lexicon))
        return self._next[1]

    def take(self) -> Token:
        token = self.token
        self.place, self._next = token.end, None
        return token

    def is_word(self, *words) -> bool:
        return self.token.sort == "word" and self.token.value in words

    def need(self, word, sentence):
        if not self.is_word(word):
            self.fail(sentence)
        return self.take()

    def fail(self, sentence, token=None):
        token = token or self.token
        if token.sort == "end":
            token = Token("end", None, max(0, len(self.text.rstrip()) - 1), len(self.text.rstrip()))
        raise FormulaError(sentence, token.start + 1, token.end)

    def expect_end(self):
        if self.token.sort != "end":
            words = {")": "多了一个右括号", "else": "“否则”前面要有“如果 … 则 …”", "then": "“则”前面要有“如果”"}
            self.fail(
                words.get(
                    self.token.value if self.token.sort == "word" else None, "这里缺一个运算符（如 并且、＋、＜）"
                )
            )

    # Grammar, from loose to tight

    def formula(self):
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail("公式嵌套太深，请拆成几个计算字段")
        try:
            if not self.is_word("if"):
                return self.either("or", ast.Or, lambda: self.either("and", ast.And, self.negation))
            start = self.take().start
            test = self.condition_part("then", "“如果”后面要写条件，再写“则”")
            body = self.condition_part("else", "“则”后面要写结果，再写“否则”")
            other = self.formula()
            return self.node(ast.IfExp(test, body, other), start)
        finally:
            self.depth -= 1

    def condition_part(self, word, sentence):
        part = self.either("or", ast.Or, lambda: self.either("and", ast.And, self.negation))
        self.need(word, sentence)
        return part

    def either(self, word, op, part):
        start, values = self.token.start, [part()]
        while self.is_word(word):
            self.take()
            values.append(part())
        return values[0] if len(values) == 1 else self.node(ast.BoolOp(op(), values), start)

    def negation(self):
        if not self.is_word("not"):
            return self.comparison()
        start = self.take().start
        return self.node(ast.UnaryOp(ast.Not(), self.deeper(self.negation)), start)

    def deeper(self, part):
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail("公式嵌套太深，请拆成几个计算字段")
        try:
            return part()
        finally:
            self.depth -= 1

    def comparison(self):
        start, sides, ops = self.token.start, [self.sum()], []
        if self.is_word("has", "has not"):
            return self.having(sides[0], start)
        while self.is_word(*COMPARISONS):
            ops.append(COMPARISONS[self.take().value]())
            sides.append(self.listed() if isinstance(ops[-1], (ast.In, ast.NotIn)) else self.sum())
        if not ops:
            return sides[0]
        sides = [self.coded(side, sides, index) for index, side in enumerate(sides)]
        return self.node(ast.Compare(sides[0], ops, sides[1:]), start)

    def having(self, codes, start):
        turned = self.take().value == "has not"
        option = self.sum()
        option = self.coded(option, [codes, option], 1)
        call = self.node(ast.Call(ast.Name("has", ast.Load()), [codes, option], []), start)
        return self.node(ast.UnaryOp(ast.Not(), call), start) if turned else call

    def listed(self):
        """Read what follows 属于: a list in brackets or without."""
        start, first = self.token.start, self.sum()
        if not self.is_word("、") and isinstance(first, ast.List):
            return first
        items = [first]
        while self.is_word("、"):
            self.take()
            items.append(self.sum())
        return self.node(ast.List(items, ast.Load()), start)

    def sum(self):
        return self.chain(ADDING, lambda: self.chain(MULTIPLYING, self.sign))

    def chain(self, signs, part):
        start, left = self.token.start, part()
        while self.is_word(*signs):
            op = signs[self.take().value]()
            left = self.node(ast.BinOp(left, op, part()), start)
        return left

    def sign(self):
        if not self.is_word("-"):
            return self.atom()
        start = self.take().start
        return self.node(ast.UnaryOp(ast.USub(), self.deeper(self.sign)), start)

    def atom(self):
        token = self.token
        if token.sort in ("number", "text", "name", "call"):
            return getattr(self, f"_{token.sort}")(self.take())
        if self.is_word("true", "false"):
            return self.node(ast.Constant(self.take().value == "true"), token.start)
        if self.is_word("("):
            self.take()
            inner = self.formula()
            self.need(")", "括号没有结束，缺一个右括号")
            return inner
        if self.is_word("["):
            self.take()
            return self.bracketed(token.start)
        if token.sort == "end":
            self.fail("公式没有写完")
        return self.fail("这里要一个字段、数字、文字或函数")

    def bracketed(self, start):
        items = []
        while not self.is_word("]"):
            items.append(self.sum())
            if not self.is_word("、", ","):
                break
            self.take()
        self.need("]", "方括号没有结束")
        return self.node(ast.List(items, ast.Load()), start)

    def _number(self, token):
        value = float(token.value) if "." in token.value else int(token.value)
        if self.is_word("元"):
            self.take()
            return self.node(
                ast.Call(ast.Name("yuan", ast.Load()), [self.node(ast.Constant(value), token.start)], []), token.start
            )
        if self.is_word("%"):
            self.take()
            value = float(f"{token.value}e-2")
        return self.node(ast.Constant(value), token.start)

    def _text(self, token):
        return self.node(ast.Constant(token.value), token.start)

    def _name(self, token):
        key = self.lexicon.fields.find(token.value)
        node = self.node(ast.Name(key or token.value, ast.Load()), token.start)
        # A word that is no field may still be an option of the choice it is compared with.
        node.unknown = self.unknown(token.value) if key is None else ""
        return node

    def _call(self, token):
        name = token.value
        opening = self.take()
        if name == "standard":
            return self.standard(token, opening)
        arguments = []
        outer = self.lexicon
        try:
            while not self.is_word(")"):
                arguments.append(self.formula())
                if name in ROW_FUNCTIONS and len(arguments) == 1 and isinstance(arguments[0], ast.Name):
                    self.lexicon = outer.within(arguments[0].id)
                if not self.is_word(","):
                    break
                self.take()
            function = {**FUNCTIONS, **ROW_FUNCTIONS}[name]
            if not self.is_word(")"):
                self.fail(f"“{function.title}(…)”的括号没有结束，里面写：{function.slots}")
        finally:
            self.lexicon = outer
        self.take()
        if name in PROGRAMMES and len(arguments) == 1:
            arguments = [self.programme(arguments[0])]
        if name == "has" and len(arguments) == 2:
            arguments[1] = self.coded(arguments[1], arguments, 1)
        return self.node(ast.Call(ast.Name(name, ast.Load()), arguments, []), token.start)

    def programme(self, node):
        word = node.id if getattr(node, "unknown", "") else getattr(node, "value", None)
        key = self.lexicon.programmes.find(word) if isinstance(word, str) else None
        return ast.copy_location(ast.Constant(key), node) if key else node

    def standard(self, token, opening):
        """Read 标准(…): the label as it is, brackets of its own included; behind a comma the choice that picks one of a family."""
        end = self.closing(opening)
        inside = self.text[opening.end : end]
        if inside.strip()[:1] in ("“", '"'):
            return self.quoted_standard(token)
        key = self.lexicon.standards.find(inside.strip())
        comma = None if key else max(_outer_commas(inside), default=None)
        first, start = (inside if comma is None else inside[:comma]), opening.end
        if comma is not None:
            key = self.lexicon.families.find(first.strip())
        if key is None:
            known = self.lexicon.standards.words if comma is None else self.lexicon.families.words
            shown = first.strip()
            at = start + len(first) - len(first.lstrip())
            raise FormulaError(
                f"标准表中没有“{shown}”{nearest(shown, known)}" if shown else "要写标准的名称",
                at + 1,
                max(at + len(shown), at + 1),
            )
        arguments = [ast.copy_location(ast.Constant(key), self.node(ast.Constant(key), start))]
        self.place, self._next = (end if comma is None else start + comma + 1), None
        if comma is not None:
            arguments.append(self.formula())
        self.need(")", "“标准(…)”的括号没有结束")
        return self.node(ast.Call(ast.Name("standard", ast.Load()), arguments, []), token.start)

    def quoted_standard(self, token):
        key = self.take()
        arguments = [self.node(ast.Constant(self.lexicon.standards.find(key.value) or key.value), key.start)]
        while self.is_word(","):
            self.take()
            arguments.append(self.formula())
        self.need(")", "“标准(…)”的括号没有结束")
        return self.node(ast.Call(ast.Name("standard", ast.Load()), arguments, []), token.start)

    def closing(self, opening):
        depth = 0
        for at in range(opening.start, len(self.text)):
            depth += (self.text[at] in "(（") - (self.text[at] in ")）")
            if depth == 0:
                return at
        return self.fail("“标准(…)”的括号没有结束", opening)

    # Options: a constant beside a choice is the label of one of its options

    def coded(self, node, sides, index):
        near = [sides[at] for at in (index - 1, index + 1) if 0 <= at < len(sides)]
        choice = next((side for side in near if isinstance(side, ast.Name) and self.lexicon.options(side.id)), None)
        if choice is None:
            return node
        options = self.lexicon.options(choice.id)
        if isinstance(node, ast.List):
            return ast.copy_location(
                ast.List([self.code(item, options, choice) for item in node.elts], ast.Load()), node
            )
        return self.code(node, options, choice)

    def code(self, node, options, choice):
        word = node.id if getattr(node, "unknown", "") else getattr(node, "value", None)
        if not isinstance(word, str) or word == "":
            return node
        code = options.find(word)
        if code is None and word.startswith("#"):
            code = word[1:]
        if code is None:
            label = self.lexicon.names[choice.id].label
            sentence = f"“{label}”没有选项“{word}”{nearest(word, options.words)}"
            raise FormulaError(sentence, node.col_offset + 1, node.end_col_offset)
        return ast.copy_location(ast.Constant(code), node)

    def check_known(self, tree):
        """Raise FormulaError at the first word that is neither field nor option."""
        found = [node for node in ast.walk(tree) if getattr(node, "unknown", "")]
        if found:
            first = min(found, key=lambda node: node.col_offset)
            raise FormulaError(first.unknown, first.col_offset + 1, first.end_col_offset)

    def unknown(self, word):
        if word in CALLS:
            function = {**FUNCTIONS, **ROW_FUNCTIONS}[CALLS[word]]
            return f"“{word}”是函数，后面要写括号：{word}({function.slots})"
        near = nearest(word, [*self.lexicon.fields.words, *CALLS])
        return f"没有字段“{word}”{near}"

    def node(self, node, start):
        """Give a node its place in the text: from `start` to what was read last."""
        node.lineno = node.end_lineno = 1
        node.col_offset, node.end_col_offset = start, self.place
        return node


def _outer_commas(text):
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "(（") - (character in ")）")
        if depth == 0 and character in ",，":
            yield at
