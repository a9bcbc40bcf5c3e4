"""The errors that people see. `str(error)` is a Chinese sentence that says what is wrong and what to do.

ReliefError
├── NotFound      absent, or outside the scope of the person asking (the two look the same)
├── Forbidden     the person may not do this
├── Conflict      somebody else changed it first (stale `rev`); the change was not stored
├── Invalid       input that cannot be accepted; `problems` lists every one of them
└── SetupError    the program cannot start: settings, database server, missing files

A module may add its own leaf (`MissingGlyph(Invalid)`), never a second root.
"""


class ReliefError(Exception):
    """Base of every error meant for a person. `status` is for its page (HTTP), `exit_code` for a command."""

    sentence = "操作没有完成，请稍后再试。"
    status = 500
    exit_code = 1

    def __init__(self, sentence=None):
        super().__init__(sentence or self.sentence)


class NotFound(ReliefError):
    """Nothing there for this person."""

    sentence = "没有找到，或者不在您的管辖范围内。"
    status = 404


class Forbidden(ReliefError):
    """The person's role does not allow it."""

    sentence = "您没有权限进行这项操作。"
    status = 403


class Conflict(ReliefError):
    """A compare-and-set found another `rev`. Nothing was stored."""

    sentence = "内容已被他人修改，本次修改没有保存。请刷新后再试。"
    status = 409


class Invalid(ReliefError):
    """Input that cannot be accepted.

    `problems` is the list of all problems found (texts, or objects whose `str` is a sentence); one sentence when
    only one is known. The text of the error is the given sentence, or else the problems, one per line.
    """

    sentence = "填写的内容有误。"
    status = 400

    def __init__(self, sentence=None, problems=()):
        if isinstance(sentence, (list, tuple)):  # Invalid([problem, problem])
            sentence, problems = None, sentence
        given = list(problems) or getattr(self, "problems", None)  # a leaf may have set them already
        self.problems = given or ([sentence] if sentence else [])
        super().__init__(sentence or "\n".join(str(problem) for problem in self.problems))


class SetupError(ReliefError):
    """The program cannot start or reach its database. Commands print the sentence and end with `exit_code`."""

    sentence = "系统设置有误，无法启动。"
    status = 503
    exit_code = 78  # EX_CONFIG of sysexits.h
