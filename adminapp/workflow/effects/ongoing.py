"""Tells the plan of ongoing management what was found; carried out when the outbox is drained (ongoing/course.py: carry)."""

from adminapp.ongoing.course import KIND_OF


def answer_task(move, record):
    data = record["data"]
    move.queue(
        "ongoing", task=KIND_OF[record["action"]], record=record["id"], result=data["result"], on=data["date"], by_name=move.actor.name,
        times=move.relief_type.ongoing.life_checks,
    )  # fmt: skip


EFFECTS = (answer_task,)
