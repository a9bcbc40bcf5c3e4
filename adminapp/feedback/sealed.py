"""Names, contacts and words of those who object or complain: sealed, opened for who investigates and nobody else."""

from adminapp import sealing
from adminapp.errors import Invalid
from adminapp.text import normalise

LONGEST = {"name": 30, "contact": 60, "content": 3000, "subject": 100, "finding": 3000, "answer": 3000}


def seal(collection: str, key: str, text: str) -> str:
    return sealing.seal(text, f"{collection}.{key}") if text else ""


def unseal(collection: str, key: str, sealed: str) -> str:
    return sealing.unseal(sealed, f"{collection}.{key}") if sealed else ""


def tidy(key: str, label: str, text, required: bool = False, most: int | None = None) -> str:
    """Return a typed text as it is stored. Raise Invalid at its input when it is missing, too long or unreadable."""
    try:
        found = normalise(str(text or ""), multiline=True)
    except Invalid as error:
        raise Invalid(f"{label}：{error}", problems=[{key: [str(error)]}]) from error
    most = most or LONGEST.get(key, 500)
    sentence = f"请填写“{label}”" if required and not found else f"“{label}”最多 {most} 个字" if len(found) > most else ""
    if sentence:
        raise Invalid(sentence, problems=[{key: [sentence]}])
    return found


WHO = (("name", "姓名", False), ("contact", "联系方式", False))
REACHED = "填写姓名的请留联系方式，以便核实和书面答复"


def tidy_all(values: dict, labels, problems: list) -> dict[str, str]:
    """Return {key: text} for each (key, label, required); everything that is wrong goes to `problems`, to be said at once."""
    typed = {}
    for key, label, required in labels:
        try:
            typed[key] = tidy(key, label, values.get(key), required)
        except Invalid as error:
            typed[key] = ""
            problems += error.problems
    if typed.get("name") and not values.get("contact"):
        problems.append({"contact": [REACHED]})
    return typed


def refuse(problems: list):
    """Raise Invalid with all of [{input: [sentence]}], if there are any."""
    if problems:
        raise Invalid("；".join(sentence for problem in problems for said in problem.values() for sentence in said), problems=problems)
