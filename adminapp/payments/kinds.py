"""The jobs of payments, and what is swept for them. The factory and the consumer call `register` once."""

from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.payments import abort, acts, batches, build, release, seal, sending, trial, verify
from adminapp.payments.returns import apply, check, model
from adminapp.policy import APPROVER, FINANCE, PAYERS, REVIEWER


def register():
    """Register the jobs. Safe to call again."""
    register_job(batches.BUILD, build.run, {REVIEWER, APPROVER})
    register_job(batches.SEAL, seal.run, {REVIEWER, APPROVER})
    register_job(batches.RELEASE, release.run, {REVIEWER, APPROVER, FINANCE})
    register_job(batches.PROVE, verify.run, PAYERS)
    register_job(trial.TRY, trial.run, {FINANCE})
    register_job(model.CHECK, check.run, {FINANCE})
    register_job(model.APPLY, apply.run, {FINANCE})
    acts.AFTER.update(abort=abort.clear, send=sending.mark)
    consumer.SWEEPS |= {"payments": abort.sweep, "sent": sending.sweep}
