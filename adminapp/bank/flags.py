"""What is unusual about an account and has to be looked at by a second person before money goes there."""

from adminapp.errors import Invalid
from adminapp.identity import check_account

FLAGS = {
    "digit": "账号的位数或校验位不对",
    "holder": "户名不是本户成员",
    "several": "多人共用一个账户",
    "names": "各案登记的户名不同",
}


def flags_of(account: dict, plain: str) -> list[dict]:
    """Return ``[{key, case?, text}]`` of an account; `plain` is its open number, `case` the one a flag is about."""
    uses, found = account["uses"], []
    try:
        check_account(plain)
    except Invalid as error:
        found.append({"key": "digit", "text": str(error).rstrip("。")})
    for use in uses:
        if account["holder"] not in use["members"]:
            said = f"户名“{account['holder']}”不是本户成员"
            found.append({"key": "holder", "case": use["case"], "text": f"{use['number']}：{said}"})
        if use["holder"] != account["holder"]:
            said = f"登记的户名是“{use['holder']}”"
            found.append({"key": "names", "case": use["case"], "text": f"{use['number']}：{said}"})
    persons = list(dict.fromkeys(use["person"] for use in uses))
    if len(persons) > 1:
        # Who came first keeps being paid; it is the later ones that have to be looked at.
        first = next((use["person"] for use in uses if use["verified"]), persons[0])
        for use in uses:
            if use["person"] != first:
                found.append({"key": "several", "case": use["case"], "text": f"{use['number']} {use['name']} 与他人共用"})
    return found
