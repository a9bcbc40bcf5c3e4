"""How a notice words a date, a month, a reason or a list of reasons."""

from datetime import date

SMALL = "零一二三四五六七八九十"


def day_text(day: date | None) -> str:
    """Return a date as a document has it: 2026年7月1日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def month_text(month: str | None) -> str:
    return f"{int(month[:4])}年{int(month[5:7])}月" if month else ""


def sentence(text, more: str = "") -> str:
    """Return the text with `more` before its full stop; "" stays empty."""
    text = str(text or "").strip().rstrip("。")
    return f"{text}{more}。" if text else ""


def clause_text(clause) -> str:
    return f"（依据：{clause}）" if clause else ""


def numbered(sentences) -> str:
    if len(sentences) < 2:
        return "".join(sentences)
    # A new line within a paragraph has no indent of its own.
    return "\n　　".join(f"（{_chinese(number)}）{text}" for number, text in enumerate(sentences, 1))


def _chinese(number) -> str:
    tens, ones = divmod(number, 10)
    if number <= 10:
        return SMALL[number]
    return f"{SMALL[tens] if tens > 1 else ''}十{SMALL[ones] if ones else ''}"
