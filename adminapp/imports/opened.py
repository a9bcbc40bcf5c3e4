"""A batch opened for a job: the file read again, its households, and what composes them. The same for trial and import."""

from collections.abc import Iterator
from dataclasses import dataclass

from adminapp import uploads
from adminapp.imports import batches
from adminapp.imports.columns import Target, targets
from adminapp.imports.composing import Composer
from adminapp.imports.gathering import Household, gather
from adminapp.imports.places import Places
from adminapp.jobs.model import actor_of
from adminapp.outputs import outputs
from adminapp.tabular import Table, read_sheets

CHUNK = 500


@dataclass
class Opened:
    batch: dict
    sheets: dict[str, Table]
    known: dict[str, Target]
    households: list[Household]
    composer: Composer

    def chunks(self, first: int = 0) -> Iterator[list[Household]]:
        """Yield the households in pieces, from a place on."""
        for start in range(first, len(self.households), CHUNK):
            yield self.households[start : start + CHUNK]

    def give_back(self, job, refused: list[Household], name: str):
        """Attach the refused households to the job in a workbook like the one that came, each fault marked at its cell."""
        if refused:
            path = job.folder / ".tmp-marked.xlsx"
            outputs["import_marked"](path, self.batch, self.sheets, self.known, sorted(refused, key=lambda each: each.n))
            job.attach(path, f"{self.batch['name'].rsplit('.', 1)[0]}_{name}.xlsx")


def open_batch(job, batch: dict) -> Opened:
    """Read the file of a batch again. The places are those of who brought it, whoever lets it in."""
    published = job.engine.registry.get(batch["type"], batch["version"])
    maker = actor_of({"_id": batch["_id"], "actor": batch["maker"]})
    sheets = read_sheets(uploads.read(batch["upload"]["id"]))
    known = targets(published.relief_type, batch["mode"])
    households = gather(sheets, batch["sheets"], known, Places(maker))
    composer = Composer(
        published, job.actor, job.engine.standards, batch["mode"], batch["complete"], batch["_id"], batches.id_maker(batch), batch["by"], batch["month"]
    )  # fmt: skip
    return Opened(batch, sheets, known, households, composer)
