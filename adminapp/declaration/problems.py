"""What is wrong with a declaration, all of it together, each with its place."""

from dataclasses import dataclass

from adminapp.errors import Invalid


@dataclass(frozen=True)
class Problem:
    """`path` is like ``sections[1].fields[3].kind``; `text` says what was found, what is expected, the nearest known."""

    path: str
    text: str

    def __str__(self):
        return f"{self.path}: {self.text}" if self.path else self.text


class DeclarationError(Invalid):
    """A declaration with problems; `problems` lists them in reading order."""

    def __init__(self, problems, source="声明"):
        self.problems = list(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{source} 有 {len(self.problems)} 处问题:\n{lines}")
