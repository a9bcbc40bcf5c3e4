import pytest

from adminapp.notices.kinds import KINDS, PAPERS
from adminapp.notices.templates import check_template

NOTICES = [kind for kind in KINDS if kind not in PAPERS]


@pytest.mark.parametrize("kind", KINDS)
def test_default_templates_have_no_problems(kind):
    assert check_template(kind, KINDS[kind].default_template()) == []


@pytest.mark.parametrize("kind", [kind for kind in NOTICES if KINDS[kind].decides])
def test_a_decision_without_remedy_is_refused(kind):
    template = KINDS[kind].default_template().replace("{{救济途径}}", "")
    assert any("救济途径" in problem for problem in check_template(kind, template))


def test_an_unknown_placeholder_is_refused_with_the_nearest_known():
    (problem,) = check_template("acceptance", "<p>{{申请}}</p>")
    assert "没有占位符“申请”" in problem
    assert "申请人" in problem


def test_all_problems_are_named_at_once_with_their_lines():
    problems = check_template("acceptance", '<p>{{甲}}</p>\n<img src="x">\n<p style="color: url(x)">')
    assert [problem.split("：")[0] for problem in problems[:3]] == ["第 1 行", "第 2 行", "第 3 行"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1/x.css">',
        "<style>@import 'http://127.0.0.1/x.css';</style>",
        "<style>@font-face { src: url(file:///etc/passwd) }</style>",
        '<p style="background: url(http://127.0.0.1/)">x</p>',
        '<p style="background-image:url(x)">x</p>',
        '<p style="-pdf-frame-content: x">x</p>',
        '<p style="font-family: serif">x</p>',
        '<p style="font-size: 900pt">x</p>',
        '<table background="x.png"></table>',
        '<ul style="list-style-image: url(x)"><li>x</li></ul>',
        '<object data="x"></object>',
        '<iframe src="x"></iframe>',
        "<svg></svg>",
        "<pdf:nextpage/>",
        "<pdf:nextpage></pdf:nextpage>",
        '<pdf:insertpdf src="/etc/passwd"></pdf:insertpdf>',
        '<p onclick="x">x</p>',
        '<a href="javascript:x">x</a>',
        "<p/>",
        "<p><p>x</p></p>",
        "<div><p>x</div></p>",
        "<div>",
        "</div>",
        "<!-- x -->",
        "<!DOCTYPE html>",
        "<?php x ?>",
        "<![CDATA[x]]>",
        '<table><tr><td colspan="10000000">x</td></tr></table>',
        '<table><tr><td rowspan="51">x</td></tr></table>',
        '<table><tr><td colspan="0">x</td></tr></table>',
        "<table><tr>x</tr></table>",
        "<table>" + "<tr><td>x</td></tr>" * 61 + "</table>",
        "<div>" * 30 + "</div>" * 30,
        "<p>{{已收材料}}</p>",
        "<p>{{申请人</p>",
        "<p>{{申请人.__class__}}</p>",
        "<p>{{ 7 * 7 }}</p>",
        "<p>{% for x in y %}{% endfor %}{{</p>",
        "<p>{{}}</p>",
        "<p>{{blank}}</p>",
        "<p>" + "字" * 7000 + "</p>",
        '<p class="unknown">x</p>',
    ],
)
def test_what_is_not_allowed_is_refused(html):
    assert check_template("acceptance", html)


@pytest.mark.parametrize(
    "html",
    [
        '<p style="text-align: center; font-size: 14pt; font-family: kai">字<br>字</p>',
        '<table><tr><td width="30%" colspan="2">{{申请人}}</td></tr></table>',
        "<div>{{已收材料}}</div>",
        "<p><b>{{申请人}}</b>，<u>您好</u></p>",
    ],
)
def test_what_a_clerk_needs_is_allowed(html):
    assert check_template("acceptance", html) == []
