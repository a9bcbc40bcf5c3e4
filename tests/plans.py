"""What the database would do with a query: the stages of its plan, and how much it read."""

from adminapp import database


def stages(plan):
    """Yield the name of every stage of a plan."""
    yield plan["stage"]
    for child in [plan.get("inputStage"), *plan.get("inputStages", ())]:
        if child:
            yield from stages(child)


def of_find(collection: str, query: dict, hint: str, sort=None, limit: int = 0) -> set[str]:
    """Return the stages of a find command."""
    command = {"find": collection, "filter": query, "hint": hint, "limit": limit}
    if sort:
        command["sort"] = dict(sort)
    return set(stages(database.current().command("explain", command)["queryPlanner"]["winningPlan"]))
