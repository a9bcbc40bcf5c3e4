"""What is measured (schemas/evaluation.yaml): each measure counts the rows of a register that have certain codes."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from adminapp.errors import SetupError
from adminapp.registers import model
from adminapp.registers.model import Register
from adminapp.scope import Actor
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "evaluation.yaml"
KEYS, MEASURE_KEYS = ("clause", "times", "measures"), ("key", "label", "register", "codes", "of", "better", "headline")
TIME_KEYS = ("register", "step", "taken", "unit")
HIGH, LOW = "high", "low"


@dataclass(frozen=True)
class Measure:
    """`codes` are {column: code} of the register; `of` is the measure that it is a share of, `better` which shares are good."""

    key: str
    label: str
    register: str
    codes: dict[str, str] = field(default_factory=dict)
    of: str = ""
    better: str = ""
    headline: str = ""

    @property
    def source(self) -> Register:
        return model.registers()[self.register]


@dataclass(frozen=True)
class Times:
    """Of which register, and which columns, the days of the steps are; `unit` is the path of what the days are counted in."""

    register: str
    step: str
    taken: str
    unit: str

    @property
    def source(self) -> Register:
        return model.registers()[self.register]


@dataclass(frozen=True)
class Plan:
    measures: tuple[Measure, ...]
    times: Times
    clause: str = ""

    def measure(self, key: str) -> Measure:
        return next(measure for measure in self.measures if measure.key == key)

    def readable(self, actor: Actor) -> list[Measure]:
        """Return the measures whose register the person may open."""
        return [measure for measure in self.measures if actor.has(*measure.source.roles)]


@cache
def plan() -> Plan:
    """Return the county's plan, read at first use."""
    return read_file(FILE)


def read_file(path: Path) -> Plan:
    """Return the plan of a file. Raise SetupError naming every problem with its path, what was found and what is known."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"评估指标文件 {path} 不能读取：{error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("measures"), list) or not data["measures"] or not isinstance(data.get("times"), dict):
        raise SetupError(f"评估指标文件 {path} 有误：要有 times 和至少一个 measures")
    problems = [f"{name}：不认识{nearest(name, KEYS)}" for name in data if name not in KEYS]
    problems += [f"times.{name}：没有写" for name in TIME_KEYS if not data["times"].get(name)]
    problems += _columns(data["times"].get("register"), [data["times"].get("step"), data["times"].get("taken")], "times")
    keys = [item.get("key") for item in data["measures"] if isinstance(item, dict)]
    problems += [f"measures：“{key}”写了两次" for key in sorted({key for key in keys if key and keys.count(key) > 1})]
    for number, item in enumerate(data["measures"]):
        problems += _problems(item, f"measures[{number}]", keys[:number])
    if problems:
        raise SetupError(f"评估指标文件 {path} 有误：\n" + "\n".join(problems))
    measures = tuple(Measure(**{name: item[name] for name in MEASURE_KEYS if name in item}) for item in data["measures"])
    return Plan(measures, Times(**{name: str(data["times"][name]) for name in TIME_KEYS}), str(data.get("clause") or ""))


def _problems(item, path, before):
    if not isinstance(item, dict) or not all(item.get(name) for name in ("key", "label", "register")):
        yield f"{path}：要有 key、label 和 register"
        return
    for name in item:
        if name not in MEASURE_KEYS:
            yield f"{path}.{name}：不认识{nearest(name, MEASURE_KEYS)}"
    if item.get("of") and item["of"] not in before:
        yield f"{path}.of：前面没有“{item['of']}”{nearest(item['of'], before)}"
    if item.get("better") and item["better"] not in (HIGH, LOW):
        yield f"{path}.better：没有“{item['better']}”，可以写 high 或 low"
    codes = item.get("codes") or {}
    if not isinstance(codes, dict) or not all(isinstance(code, str) for code in codes.values()):
        yield f"{path}.codes：要写成 栏: 代码（文字，true 要加引号）"
        return
    yield from _columns(item["register"], list(codes), path, filtered=True)


def _columns(register, columns, path, filtered=False):
    known = model.registers()
    if register not in known:
        yield f"{path}.register：没有“{register}”这本台账{nearest(str(register), known)}"
        return
    names = [column.key for column in known[register].columns if column.filter or not filtered]
    for name in columns:
        if name and name not in names:
            yield f"{path}：台账“{known[register].label}”没有{'可以筛选的' if filtered else ''}“{name}”一栏{nearest(name, names)}"
