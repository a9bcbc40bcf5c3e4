"""The process that renders notices: `python -m exports.notices.worker HOME BYTES`, one request after the other.

A message is its length in eight bytes and the message. A request is JSON, a list of notices. The answer is three
messages: an empty one when the faces are ready and the work begins, JSON (pages and failures), and the PDF. Memory is
limited, so a hostile template ends this process and no other.
"""

import json
import os
import resource
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from exports.notices.content import NoticeContent, Rendered

HEAD = struct.Struct(">Q")


def write_message(stream: BinaryIO, message: bytes) -> None:
    # An unbuffered pipe may take a part only.
    left = memoryview(HEAD.pack(len(message)) + message)
    while left:
        left = left[stream.write(left) :]
    stream.flush()


def request_of(contents: list[NoticeContent]) -> bytes:
    return json.dumps([asdict(content) for content in contents]).encode()


def answer_head(rendered: Rendered) -> bytes:
    return json.dumps({"pages": rendered.pages, "failures": list(rendered.failures.items())}).encode()


def rendered_of(head: bytes, pdf: bytes) -> Rendered:
    told = json.loads(head)
    return Rendered(pdf, [pair and tuple(pair) for pair in told["pages"]], dict(told["failures"]))


def main(home: str, memory: str) -> None:
    # Whatever a library prints must not reach the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # SIGINT goes to the whole terminal group; the parent decides when this process ends.
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from exports import fonts
    from exports.notices.render import render

    faces = fonts.prepare(Path(home))
    faces.register()
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    requests = sys.stdin.buffer
    while head := requests.read(HEAD.size):
        contents = [NoticeContent(**content) for content in json.loads(requests.read(*HEAD.unpack(head)))]
        # Rare characters may have to be drawn first, which takes longer than any notice and is done only once.
        faces.runs("".join(text for content in contents for text in content.values.values()), "song")
        write_message(answers, b"")
        rendered = render(contents, faces)
        write_message(answers, answer_head(rendered))
        write_message(answers, rendered.pdf)


if __name__ == "__main__":
    main(*sys.argv[1:])
