"""What can go wrong with a notice, in words for the clerk or administrator.

Invalid
├── TemplateRefused   the template may not be used; `problems` lists everything found
├── UnknownValue      a value was given that no placeholder of the kind takes, or a needed one is missing
├── MissingGlyph      no face can draw a character; `characters` and `value` say which and where
└── RenderFailed      the page could not be made, or xhtml2pdf warned, or the time or memory limit was reached
"""

from adminapp.errors import Invalid


class TemplateRefused(Invalid):
    pass


class UnknownValue(Invalid):
    pass


class MissingGlyph(Invalid):
    def __init__(self, number: str, value: str, characters: set[str]):
        shown = "、".join(f"{character}(U+{ord(character):04X})" for character in sorted(characters))
        super().__init__(f"文书 {number} 的“{value}”中有字库没有的字：{shown}。请放入生僻字字体或改用登记的替代字。")
        self.number, self.value, self.characters = number, value, characters


class RenderFailed(Invalid):
    pass
