"""The job that writes the files of a locked batch: for people, and for the bank. A second export gives the same bytes.

How a file looks is no concern of the engine: `exports.payment_list` puts its writers into WRITERS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from adminapp import audit, dates, divisions, sealing
from adminapp.bank import profiles
from adminapp.errors import Forbidden, Invalid
from adminapp.identity import told_by
from adminapp.jobs import artefacts
from adminapp.jobs import model as jobs
from adminapp.payments import batches, lines, totals
from adminapp.policy import APPROVER, FINANCE, REVIEWER
from adminapp.scope import Actor

EXPORTERS = frozenset({REVIEWER, APPROVER, FINANCE})


@dataclass
class Written:
    """What a writer did: payees and fen that went through it, and why it wrote nothing (`problems`).

    `warnings` are sentences about a file that was written; `about` is kept with its digest.
    """

    count: int
    amount: int
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    about: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Writer:
    """`write(path, batch, rows)` returns Written; `rows` are dicts (see `rows_of`).

    `name(batch)` is the file name people see; `states` those it may be written in.
    """

    label: str
    write: Callable
    name: Callable
    states: tuple[str, ...] = batches.SEALED


WRITERS: dict[str, Writer] = {}
"""Files of a fixed form. Those for banks depend on the profiles in use: see `writers`."""
BANK: dict[str, Callable] = {}
"""`write(profile, path, batch, rows)`, `name(profile, batch)` and `preview(profile, payees or None)` of bank files, put in by
exports.payment_list."""


def add_writer(key: str, writer: Writer):
    """Add a kind of file; naming one twice is an error."""
    if key in WRITERS:
        raise ValueError(f"writer {key!r} stands twice")
    WRITERS[key] = writer


def bank_key(stored: profiles.Stored) -> str:
    """Return the key of a bank file: profile and version, so that the same file can be written again for ever."""
    return f"bank:{stored.id}"


def writers(batch: dict) -> dict[str, Writer]:
    """Return every kind of file of the batch: fixed ones, profiles in use, and versions it was exported with."""
    found = {bank_key(item): item for item in profiles.active().values()}
    for key in batch["files"]:
        if key.startswith("bank:") and key not in found:
            found[key] = profiles.get(key.removeprefix("bank:"))
    return WRITERS | {key: _bank_writer(item) for key, item in found.items()}


def _bank_writer(stored):
    def write(path, batch, rows):
        return BANK["write"](stored.profile, path, batch, rows)

    return Writer(f"银行文件：{stored.label}", write, partial(BANK["name"], stored.profile), batches.PAYABLE)


def offered(batch: dict, actor: Actor) -> dict[str, Writer]:
    """Return the files this person may have of the batch now."""
    if not actor.has(*EXPORTERS):
        return {}
    return {key: writer for key, writer in writers(batch).items() if batch["state"] in writer.states}


def start(batch_id: str, keys: Iterable[str], actor: Actor, request: str = "") -> str:
    """Start the job that writes the files and return its id; `request` names the submitted form, so it counts once."""
    batch, keys = batches.get(batch_id), sorted(set(keys))
    if not actor.has(*EXPORTERS):
        raise Forbidden()
    if not keys:
        raise Invalid("请选择要导出的文件。")
    if refused := set(keys) - set(offered(batch, actor)):
        known = writers(batch)
        labels = "、".join(known[key].label if key in known else key for key in sorted(refused))
        raise Invalid(f"批次状态为“{batches.STATES[batch['state']]}”，不能导出{labels}。")
    args = {"batch": batch["_id"], "seal": batch["seal"]["digest"], "files": keys}
    return jobs.start(batches.RELEASE, f"导出 {batches.title_of(batch)}", args, actor, key=request)


def run(job, args):
    """Write the files of a batch as it was sealed; return their names.

    Nothing is attached that differs from the seal, or from the file of the same kind that left before.
    """
    batch = batches.get(args["batch"])
    if batch["state"] not in batches.SEALED or batch["seal"]["digest"] != args["seal"]:
        raise Invalid("批次已退回或重新锁定，请重新导出。")
    sealed = batch["seal"]
    job.progress(0, len(args["files"]) + 1, message="核对校验值")
    if totals.measure(batch["_id"])["digest"] != sealed["digest"]:
        raise Invalid("名册与锁定时的校验值不符，没有导出，请先核对。")
    known, names = writers(batch), []
    for number, key in enumerate(args["files"], 1):
        job.progress(number, message=known[key].label)
        names += [name for name in [_write(job, batch, key, known[key])] if name]
    if not names:
        raise Invalid("没有生成任何文件，原因见下面的清单。")
    return {"batch": batch["_id"], "files": names}


def _write(job, batch, key, writer):
    path = job.folder / f".tmp-{key.replace(':', '-')}"
    if batch["state"] not in writer.states:
        raise Invalid(f"批次状态为“{batches.STATES[batch['state']]}”，不能导出{writer.label}。")
    written = writer.write(path, batch, rows_of(batch, job.engine.registry))
    for problem in [*written.problems, *written.warnings]:
        job.problem(writer.label, str(problem))
    if written.problems:
        return None
    if (written.count, written.amount) != (batch["seal"]["count"], batch["seal"]["amount"]):
        path.unlink(missing_ok=True)
        raise Invalid(f"{writer.label}的行数或合计与锁定时不符，没有导出。")
    name = writer.name(batch)
    path = path.rename(path.with_name(".tmp-file" + Path(name).suffix))
    _register(batch, key, written.about | {"digest": artefacts.digest_of(path), "name": name})
    job.attach(path, name)
    audit.log("export", batch=batch["_id"], file=key, count=written.count, digest=batch["seal"]["digest"])
    return name


def _register(batch, key, file):
    """Store the digest of a file before it is handed out; raise Invalid when another one left before."""
    query = {"_id": batch["_id"], "seal.digest": batch["seal"]["digest"], f"files.{key}": {"$exists": False}}
    stored = {"$set": {f"files.{key}": file | {"at": dates.now()}}}
    if batches.collection().update_one(query, stored).matched_count:
        return
    before = batches.get(batch["_id"])["files"].get(key)
    if before is None or before["digest"] != file["digest"]:
        raise Invalid(f"{file['name']} 与第一次导出的文件不同，没有交出，请联系管理员。")


def rows_of(batch: dict, registry) -> Iterable[dict]:
    """Yield the lines to be paid with open numbers and names of places, in the order of printed lists.

    Keys: those of a line, and `type_name`, `township_name`, `village_name`, `age` (at the end of the batch's month),
    `locked_on`.
    """
    names = {key: item.relief_type.name for key, item in registry.latest().items()}
    on, locked_on = dates.last_day(batch["month"]), dates.day_of(batch["seal"]["at"])
    for line in lines.payable(batch["_id"]):
        number = sealing.unseal(line["id"], "id_number") if line["id"] else ""
        yield line | {
            "id": number, "account": sealing.unseal(line["account"], "bank_account"), "locked_on": locked_on,
            "type_name": names.get(line["type"], line["type"]), "township_name": divisions.name_of(line["township"]),
            "village_name": divisions.name_of(line["village"]), "age": _age(number, on),
        }  # fmt: skip


def _age(number, on):
    """Return full years, None when the number tells no birth date, or one after the day."""
    told = told_by(number)
    return dates.age(told.birth, on) if told and told.birth <= on else None
