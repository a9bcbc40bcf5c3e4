"""Style sheets and scripts: small, named by content, kept for ever under that name and never under another."""

import gzip
import re

import pytest
from flask import Flask

from adminapp import assets

FILES = {
    "css/one.css": "/* why */\nbody { color : red }\n.a { background: url(\"../icons/dot.svg\") no-repeat; width: calc(1px + 2px) }\n",
    "icons/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1" fill="#fff"/></svg>\n',
    "js/app.js": '/* starts */\nconst parts = { "#a": "./part.js" };\nimport(parts["#a"]);\nconst text = `two  blanks ${1}`;\n',
    "js/part.js": 'import { ask } from "./ask.js";\nask(/["\']/);\n',
    "js/ask.js": "export function ask(question) {\n  // nothing\n  return question;\n}\n" * 20,
    "secret.txt": "below the folder",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / "static" / name if name != "secret.txt" else tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "static"


@pytest.fixture
def client(folder):
    app = Flask("assets", static_folder=None)
    assets.init_app(app, folder)
    return app.test_client()


def address(folder, name):
    return f"/static/{assets.Assets(folder).get(name).address}"


def test_comments_and_blanks_go_and_meaning_stays(folder):
    found = assets.Assets(folder)
    style = found.get("css/one.css").content.decode()
    assert "why" not in style and "body{color:red}" in style and "calc(1px + 2px)" in style
    script = found.get("js/app.js").content.decode()
    assert "starts" not in script and "`two  blanks ${1}`" in script


def test_a_token_has_one_short_name_in_every_sheet(folder):
    (folder / "css/one.css").write_text(":root{--line-strong:darkgoldenrod;--line:rgb(1 2 3)}")
    (folder / "css/two.css").write_text(".a{color:var(--line-strong);margin:var(--line)}")
    found = assets.Assets(folder)
    names = re.findall(r"--\w+", found.get("css/one.css").content.decode())
    assert len(set(names)) == 2 and all(len(name) == 3 for name in names)
    assert found.get("css/two.css").content.decode() == f".a{{color:var({names[0]});margin:var({names[1]})}}"


def test_a_token_with_one_short_value_gives_way_to_it(folder):
    (folder / "css/one.css").write_text(":root{--bar:56px;--cell:9px;--gap:4px}.dense{--cell:4px}")
    (folder / "css/two.css").write_text(".a > .b{top:calc(var(--bar) + 20px);padding:var(--cell)} .c{--gap:8px;gap:var(--gap)}")
    found = assets.Assets(folder)
    one, two = (found.get(f"css/{name}.css").content.decode() for name in ("one", "two"))
    assert "56px" not in one and two.startswith(".a>.b{top:calc(56px + 20px);padding:var(--")
    assert one.count("--") == 3, "what is said twice stays a token"


def test_what_has_a_shorter_spelling_of_the_same_meaning_is_sent_in_it(folder):
    (folder / "css/one.css").write_text(".a::before{content:\"a\"}::placeholder{color:red}")
    source = 'const { a } = b;\nlist.map((item) => a).map(async (row) => row === "const");\nconst constant = (x, y) => x;\n'
    (folder / "js/ask.js").write_text(source + "function f() {\n  g(1);\n}\nf();\n")
    found = assets.Assets(folder)
    assert found.get("css/one.css").content.decode() == '.a:before{content:"a"}::placeholder{color:red}'
    script = found.get("js/ask.js").content.decode()
    assert script == 'let{a}=b;list.map(item=>a).map(async(row)=>row=="const");let constant=(x,y)=>x;function f(){g(1)}f();'


def test_drawings_are_put_into_the_style_sheet(folder):
    style = assets.Assets(folder).get("css/one.css").content.decode()
    inside = re.search(r'url\("(data:image/svg\+xml,[^"]+)"\)', style)[1]
    assert "../" not in style and "#" not in inside and "<" not in inside


def test_a_script_is_named_anew_when_one_it_imports_changes(folder):
    before = address(folder, "js/app.js"), address(folder, "js/part.js"), address(folder, "css/one.css")
    (folder / "js/ask.js").write_text("export const ask = String;\n")
    after = address(folder, "js/app.js"), address(folder, "js/part.js"), address(folder, "css/one.css")
    assert before[0] != after[0] and before[1] != after[1] and before[2] == after[2]
    part = assets.Assets(folder).get("js/part.js")
    assert part.address.rpartition("/")[2] in assets.Assets(folder).get("js/app.js").content.decode()


def test_the_present_content_is_kept_for_ever_under_its_own_name(client, folder):
    answer = client.get(address(folder, "js/ask.js"))
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == assets.IMMUTABLE
    assert answer.mimetype == "text/javascript" and "charset=utf-8" in answer.content_type


@pytest.mark.parametrize("path", ["/static/js/ask.js", "/static/js/ask.0123456789.js"])
def test_other_names_of_it_work_and_are_asked_for_again(client, path):
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == assets.CHANGING
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_it_is_packed_for_whoever_can_unpack_it(client, folder):
    path = address(folder, "js/ask.js")
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(path)
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers and packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "css", "css/none.css", ""])
def test_nothing_else_is_given(client, path):
    assert client.get(f"/static/{path}").status_code == 404
