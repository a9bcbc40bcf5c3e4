"""`python -m views.language`: bring the catalogue up to date with the sources, and say what has no English yet."""

from views.language import catalogue, keys


def main():
    known = catalogue.english()
    lacking = 0
    for part, found in keys.find().items():
        catalogue.write_part(part, found, known)
        for key, places in found.items():
            if key not in known:
                lacking += 1
                print(f"{places[0]}: {key}")
    print(f"{lacking} without English" if lacking else "complete")
    raise SystemExit(1 if lacking else 0)


main()
