"""上线准备 on the screen: what is missing, the way there for who may go it, and the name of the role for who may not."""

import re


def test_the_system_administrator_is_led_to_the_accounts(login, app):
    page = login("sysadmin").get("/readiness/").text
    assert "上线准备" in page and "还缺" in page and "乡镇人员" in page
    assert re.search(r'<a [^>]*href="/accounts/">去办理<span class="sr"> 乡镇人员', page)
    assert "由县政策管理员处理" in page and "/config/calendar/" not in page


def test_the_policy_administrator_is_led_to_what_they_declare(login, app):
    page = login("policy").get("/readiness/").text
    assert re.search(r'href="/config/calendar/">[^<]+<span class="sr"> 放假安排', page) and "由系统管理员处理" in page
    assert "由安装维护人员在服务器上处理" in page


def test_it_looks_anew_each_time(login, app):
    browser = login("policy")
    assert "个类型受理申请" in browser.get("/readiness/").text
    registry = app.extensions["relief"].registry
    keys = list(registry.latest())
    try:
        for key in keys:
            registry.retire(key, "tests")
        assert "没有受理申请的救助类型" in browser.get("/readiness/").text
    finally:
        for key in keys:
            registry.restore(key, "tests")


def test_nobody_else_sees_it(login, browser):
    for username in ("clerk.tuojiang", "finance", "auditor"):
        assert login(username, browser()).get("/readiness/").status_code == 403
