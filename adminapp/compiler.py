"""Turns a published declaration into a Document class of the collection `cases`.

Each class stands on the abstract base with its own discriminator (`type`, `schema_version`), outside mongoengine's global
registry: a stored class name would freeze names for ever, and recompiling would leak there.
"""

from mongoengine.base.common import _document_registry

from adminapp.fields import KINDS


def compile_type(relief_type, version: int, base: type) -> type:
    """Return the Document class of one version; `base` is the abstract case document."""
    members = {}
    for field in relief_type.fields.values():
        stored = KINDS[field.kind].model_field(field)
        if stored is not None:
            members[field.stored] = stored
    members |= {"declared": relief_type, "declared_version": version, "meta": {"collection": "cases"}}
    model = type(f"Case_{relief_type.key}_v{version}", (base,), members)
    _document_registry.pop(model._class_name, None)
    return model
