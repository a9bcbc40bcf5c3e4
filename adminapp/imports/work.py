"""Batches as work: recipients to be taken over wait for the county's approver, tried files for who brought them."""

from adminapp.imports import batches
from adminapp.policy import APPROVER
from adminapp.worklist import Item, Source


def _open(actor):
    states = [batches.WAITING] * actor.has(APPROVER) + [batches.CHECKED] * actor.has(*batches.MAKERS)
    return {"state": {"$in": states}} if states else None


def _item(row, actor):
    counts, waits = row["counts"], row["state"] == batches.WAITING
    what = "审批接收现有对象" if waits else "导入已试过的文件"
    title = f"{row['name']}：{counts.get('good', 0)} 户可以导入，{counts.get('bad', 0)} 户有问题"
    roles = (APPROVER,) if waits else tuple(sorted(batches.MAKERS))
    return Item(
        what=what, title=title, link=("imports.show", {"import_id": row["_id"]}), kind=row["type"], township=row["township"], roles=roles
    )  # fmt: skip


SOURCE = Source(
    key="imports", label="批量导入", collection=batches.COLLECTION, open=_open, item=_item, projection=("name", "type", "township", "state", "counts"),
    indexes=("work_township", "work"), kind_field="type",
)  # fmt: skip
