"""Reads a table of divisions, from the file that comes with the program or as the county stored it."""

from datetime import date
from pathlib import Path

import yaml

from adminapp.divisions.model import COUNTY, TOWNSHIP, VILLAGE, Division, Divisions
from adminapp.errors import Invalid
from adminapp.words import nearest

FILE = Path(__file__).parents[2] / "schemas" / "divisions.yaml"


def read_file(path: Path = FILE) -> Divisions:
    """Return the divisions of a file. Raise Invalid with every problem found."""
    try:
        # BaseLoader leaves every scalar a text, so that a code keeps its digits whether it is quoted or not.
        data = yaml.load(Path(path).read_text("utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, yaml.YAMLError) as error:
        raise Invalid(f"无法读取区划文件 {path}：{error}") from error
    return read_data(data, Path(path).name)


def read_data(data: dict, name: str = "区划表") -> Divisions:
    """Return the divisions of ``{county: {code, name}, townships: [{code, name, …}], villages: […]}``, all of it text.

    Raise Invalid with every problem found, each with its path.
    """
    problems: list[str] = []
    divisions = _read(data, problems)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise Invalid(f"{name} 有 {len(problems)} 处问题：\n{lines}", problems)
    return divisions


def write_data(divisions: Divisions) -> dict:
    """Return what `read_data` reads the same divisions from."""
    rows = {"townships": [], "villages": []}
    for one in divisions:
        rows["villages" if one.is_village else "townships"].append(_written(one))
    return {"county": {"code": divisions.county_code, "name": divisions.county_name}, **rows}


def _written(one):
    row = {"code": one.code, "name": one.name, "old_names": list(one.old_names), "weight": str(one.weight) if one.weight else ""}
    row |= {"seat": "true" if one.seat else "", "from": _day(one.valid_from), "to": _day(one.valid_to)}
    return {key: value for key, value in row.items() if value}


def _day(day):
    return day.isoformat() if day else ""


_KEYS = ("code", "name", "weight", "seat", "old_names", "from", "to")


def _read(data, problems):
    if not isinstance(data, dict) or not isinstance(data.get("county"), dict):
        problems.append("county: 缺少县的 code 和 name。")
        return None
    problems += [f"{key}: 不认识这一项{nearest(key, ('county', 'townships', 'villages'))}" for key in data
                 if key not in ("county", "townships", "villages")]  # fmt: skip
    county = str(data["county"].get("code", ""))
    if not _is_code(county, COUNTY):
        problems.append(f"county.code: “{county}”应为 {COUNTY} 位数字。")
    found: dict[str, Division] = {}
    for part, length in (("townships", TOWNSHIP), ("villages", VILLAGE)):
        for index, item in enumerate(data.get(part) or ()):
            _read_division(item, f"{part}[{index}]", length, county, found, problems)
    if not found and not problems:
        problems.append("townships: 没有任何乡镇。")
    if problems:
        return None
    return Divisions(county, str(data["county"].get("name", "")), sorted(found.values(), key=lambda one: one.code))


def _read_division(item, path, length, county, found, problems):
    if not isinstance(item, dict):
        problems.append(f"{path}: 应写成 {{code: …, name: …}}。")
        return
    problems += [f"{path}.{key}: 不认识这一项{nearest(key, _KEYS)}" for key in item if key not in _KEYS]
    code, name = str(item.get("code", "")), str(item.get("name", ""))
    above = county if length == TOWNSHIP else code[:TOWNSHIP]
    if not _is_code(code, length):
        problems.append(f"{path}.code: “{code}”应为 {length} 位数字。")
    elif code in found:
        problems.append(f"{path}.code: “{code}”重复。")
    elif not code.startswith(above) or (length == VILLAGE and above not in found):
        problems.append(f"{path}.code: “{code}”的上级区划不在文件中。")
    if not name.strip():
        problems.append(f"{path}.name: 缺少名称。")
    weight = item.get("weight", "0")
    if not (weight.isascii() and weight.isdigit()):
        problems.append(f"{path}.weight: “{weight}”应为不小于 0 的整数。")
        weight = "0"
    first, last = (_read_date(item, key, path, problems) for key in ("from", "to"))
    if first and last and last < first:
        problems.append(f"{path}.to: 停用日期早于启用日期。")
    found[code] = Division(
        code, name, tuple(item.get("old_names", ())), item.get("seat") == "true", int(weight), first, last
    )


def _is_code(text, length):
    return len(text) == length and text.isascii() and text.isdigit()


def _read_date(item, key, path, problems):
    if key not in item:
        return None
    try:
        return date.fromisoformat(item[key])
    except (ValueError, TypeError):
        problems.append(f"{path}.{key}: “{item[key]}”不是日期，请按“2026-07-01”的样子填写。")
        return None
