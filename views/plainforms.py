"""Forms of registers: declared fields as inputs, the engine's sentences at the inputs they belong to."""

from adminapp.forms import ActionForm, build_fields_form


def form_class(fields) -> type[ActionForm]:
    """Return the form of some declared fields (adminapp/workflow/action.py: entry), with `rev` and `typed()`."""
    return build_fields_form("plain", fields)


def fail(form, error):
    """Put what the engine refused ({field: sentences}, or plain sentences) at the inputs; what has none goes on top."""
    for problem in getattr(error, "problems", None) or [str(error)]:
        for key, sentences in problem.items() if isinstance(problem, dict) else [("", [str(problem)])]:
            if key in form and not hasattr(form[key], "entries"):
                form[key].errors = [*form[key].errors, *sentences]
            else:
                form.form_errors = [*form.form_errors, *sentences]


def section(form, title="", hint="", names=None) -> dict:
    """Return a section of components/form.html with these fields, or with all."""
    return {"id": "main", "title": title, "hint": hint, "fields": names or [field.short_name for field in form if field.short_name != "rev"]}
