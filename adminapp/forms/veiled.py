"""Inputs whose stored value a reader sees only masked: the mask stands in the input, and sent back it means "unchanged"."""

from flask_babel import gettext as _
from wtforms import SelectMultipleField, ValidationError
from wtforms.fields.choices import Choice as Shown

from adminapp import disclosure

KEPT = "="
"""What "unchanged" is called among the options of a choice: no code of an option holds this sign."""


def veil(bound, field, before, actor) -> bool:
    """Show the stored value `before` masked where the actor may not read it; return whether a choice was veiled."""
    if disclosure.in_full(field, actor):
        return False
    if hasattr(bound, "iter_choices"):
        return _veil_choice(bound, field, before, actor)
    if hasattr(bound, "_value") and disclosure.hides(before, field, actor):
        _veil_text(bound, disclosure.text(before, field, actor), before)
    return False


def _veil_text(bound, masked, before):
    posted = bound.raw_data[0].strip() if bound.raw_data else None
    if posted is None or posted == masked:
        _keep(bound, before)
        bound._value = lambda: masked


def _veil_choice(bound, field, before, actor):
    hidden, posted = disclosure.hides(before, field, actor), bound.raw_data
    # Of several boxes none ticked is an answer; a select that was not sent gave none.
    silent = posted is None or (not posted and not isinstance(bound, SelectMultipleField))
    kept = KEPT in (posted or ()) or (hidden and silent)
    if kept:  # also when the value was taken away since the form was opened
        _keep(bound, before, _alone if len(posted or ()) > 1 else _unread)
    if hidden:
        _offer(bound, Shown(KEPT, _("不变（%(mask)s）", mask=disclosure.text(before, field, actor)), kept, {}))
    return hidden


def _offer(bound, option):
    """Put an option before the others, none of which tells what is stored: a retired one stands there for nothing else."""
    each, groups, live = bound.iter_choices, bound.iter_groups, {choice.value for choice in bound.choices}

    def others(items):
        return [item._replace(selected=item.selected and not option.selected) for item in items if item.value in live]

    bound.iter_choices = lambda: [option, *others(each())]
    bound.iter_groups = lambda: [(None, [option]), *((name, others(items)) for name, items in groups())]


def _keep(bound, before, check=None):
    """Let the input hold the stored value whatever was posted: a mask is no number, it passes the validators unread."""
    bound.data, bound.process_errors = before, []
    bound.pre_validate, bound.validators = check or _unread, ()


def _unread(form):
    return None


def _alone(form):
    raise ValidationError(_("要改选，请先取消“不变”"))
