"""What an action changes on the case besides its state. Effects touch the case in memory; one write stores all of it.

Effects on other documents are queued in the case's outbox, in the same write, and carried out when it is drained.
"""

from adminapp.workflow.effects import account, award, case, change, handling, ongoing, spotcheck, verification

EFFECTS = {effect.__name__: effect for module in (account, case, handling, award, change, verification, ongoing, spotcheck) for effect in module.EFFECTS}
