"""`relief user`: the way in for the first administrator and for people who are locked out."""

import re


def test_a_first_account_gets_a_password_to_be_changed(relief):
    result = relief("user", "add", "first.admin", "--name", "管理虚构", "--role", "sysadmin")
    assert result.exit_code == 0 and re.search(r"初始密码：\S{10,}", result.output)
    assert "first.admin" in relief("user", "list").output


def test_unknown_roles_and_doubles_are_refused_in_words(relief):
    relief("user", "add", "first.admin", "--name", "管理虚构", "--role", "sysadmin")
    assert relief("user", "add", "other", "--name", "甲虚构", "--role", "king").exit_code != 0
    twice = relief("user", "add", "first.admin", "--name", "乙虚构", "--role", "sysadmin")
    assert twice.exit_code != 0 and "已存在" in twice.output


def test_a_township_role_needs_its_township(relief):
    result = relief("user", "add", "clerk.x", "--name", "甲虚构", "--role", "township_clerk")
    assert result.exit_code != 0 and "乡镇" in result.output


def test_reset_and_unlock(relief):
    relief("user", "add", "first.admin", "--name", "管理虚构", "--role", "sysadmin")
    assert "新密码" in relief("user", "reset", "first.admin").output
    assert relief("user", "unlock", "first.admin").exit_code == 0
    assert relief("user", "unlock", "nobody").exit_code != 0


def test_no_sealed_list_is_a_proof_too(relief):
    result = relief("payments", "verify")
    assert result.exit_code == 0 and "0 份名册核对无误" in result.output
