"""The command `relief supervision`: draws are made, proved and, when somebody touched one, named."""

from adminapp import database as connection
from adminapp import dates
from adminapp.warnings import RULES


def test_draws_what_is_missing_and_proves_it(relief):
    done = relief("supervision", "draw", "--witness", "虚构见证人报数 27")
    assert done.exit_code == 0, done.output
    assert f"{dates.today().year} 年第 1 次抽取" in done.output and "种子" in done.output
    proved = relief("supervision", "redraw")
    assert proved.exit_code == 0 and "完全一致" in proved.output


def test_a_round_that_was_touched_is_named(relief):
    relief("supervision", "draw", "--witness", "虚构见证人")
    connection.raw("spot_rounds").update_many({}, {"$set": {"witness": "改过"}})
    found = relief("supervision", "redraw")
    assert found.exit_code != 0 and "不一致" in found.output


def test_every_rule_of_warnings_says_what_it_found(relief):
    done = relief("supervision", "warn")
    assert done.exit_code == 0 and done.output.count("条") >= len(RULES)
