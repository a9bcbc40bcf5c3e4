"""What golden cases read: an example that fills a field has to be looked at when the field changes."""

from collections.abc import Iterator

from adminapp.declaration.problems import DeclarationError
from adminapp.declaration.uses import Use
from adminapp.golden import store


def uses(engine, relief_type) -> Iterator[Use]:
    """Yield the golden cases in force for a type that state its fields, options, conditions or terms."""
    try:
        golden = store.read(store.of_type(relief_type.key), relief_type.key)
    except DeclarationError:
        return
    for example in golden.cases:
        place, label = f"golden:{example.id}", f"样例“{example.name}”"
        for name, written in example.values.items():
            if name not in relief_type.fields:
                continue
            yield Use(("field", name), "golden", place, label)
            for row in written if isinstance(written, list) else ():
                yield from (Use(("column", name, column), "golden", place, label) for column in row)
        yield from (Use(("programme", programme), "golden", place, label) for programme in (*example.awards, *example.household))
        yield from (Use(("term", term), "golden", place, label) for term in example.expect.terms)
