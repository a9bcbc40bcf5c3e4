"""The paper on which a household authorises its verification: who signs it, what it names, one more for each obligor."""

import pytest

from adminapp.cases import values_of
from adminapp.errors import Invalid
from adminapp.scope import acting
from adminapp.verification.paper import authorisation
from tests.adminapp.verification.conftest import CHILD_ID, DAY, HEAD_ID, SON_ID, WIFE_ID, opened
from tests.story import CLERK


def papers(county, case):
    published = county.registry.of(case)
    with acting(CLERK):
        return authorisation(case, published.relief_type, values_of(case, published.relief_type, standards=county.standards, on=DAY), DAY, "https://x/1")


def test_the_adults_of_the_household_sign_one_paper(county, case):
    (paper,) = papers(county, case)
    assert [row[:3] for row in paper["tables"]["signers"]] == [["龙䶮虚构", HEAD_ID, "本人"], ["吴妻虚构", WIFE_ID, ""]]
    assert CHILD_ID not in str(paper) and paper["number"] == case.number and paper["qr_url"] == "https://x/1"
    assert paper["values"]["scope"] == "银行存款（金融监管、银行）、机动车（公安）"
    assert "《社会救助法》第四十一条" in paper["values"]["basis"]


def test_each_obligor_outside_the_household_has_a_paper_of_their_own(county):
    obligors = [{"obligor_name": "龙儿虚构", "obligor_relation": "son", "obligor_id": SON_ID}, {"obligor_name": "龙女虚构"}]
    first, son, daughter = papers(county, opened(county, obligors=obligors))
    assert first["kind"] == "authorisation" and son["kind"] == daughter["kind"] == "authorisation_outsider"
    assert (son["values"]["signer"], son["values"]["signer_number"], son["values"]["signer_relation"]) == ("龙儿虚构", SON_ID, "子")
    assert set(daughter["values"]["signer_number"]) == {"_"}  # unknown: to be written by hand


def test_without_an_applicant_there_is_nothing_to_sign(county):
    case = opened(county)
    case.x_applicant_name = case.x_applicant_id = None
    case.x_members = []
    with pytest.raises(Invalid, match="还没有填写申请人"):
        papers(county, case)
