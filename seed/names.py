"""Invented names (虚构): common surnames of the region and given names put together by chance. Nobody is meant."""

from bisect import bisect
from itertools import accumulate
from random import Random

MARK = "虚构"
"""The note every invented person carries."""

HAN, TIBETAN, UYGUR, MIAO, YI, TUJIA = "01", "04", "05", "06", "07", "15"
NATIONS = {HAN: "汉族", TIBETAN: "藏族", UYGUR: "维吾尔族", MIAO: "苗族", YI: "彝族", TUJIA: "土家族"}
"""GB/T 3304 codes of the nations that occur in the demo county."""

_SURNAMES = {
    HAN: "王李张刘陈杨黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
    "潘杜戴夏钟田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文覃单仇查解",
    MIAO: "吴吴吴吴龙龙龙龙石石石石麻麻麻廖廖杨杨张田滕欧侯隆施梁",
    TUJIA: "田田田田向向向向彭彭彭覃覃冉张王李杨黄罗周谭刘唐符贾",
}
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "司徒", "尉迟", "令狐", "皇甫")
# Chosen so that no well-known name comes out; check again when adding a character.
_MALE = (
    "文志建明永光远生成林山松柏石川江河清平安宁和顺福贵全胜"
    "利刚友良善义礼智信仁家培世昌宏伟峰岩涛浩宇辉旭东来恒庭楷桐淳澄祺霖柯"
)
_FEMALE = (
    "秀英桂兰花香玉珍凤仙菊莲翠红霞月娥莉芳芬芝芹蓉萍燕秋冬雪冰洁婉婷娟慧敏静淑贞惠琴琼瑶珊珠巧银彩素清爱妹姣媛怡欣思雨"
)
_RARE = ("䶮", "㛃", "𬬭", "㧟", "玥", "镕", "堃", "翀")
"""Outside GB2312, the first four outside GBK as well: the ones that break bank files and fonts."""

_DOTTED = {
    YI: (("吉克", "阿尔", "沙玛", "勒格", "俄木"), ("阿朵", "木呷", "拉日", "尔古", "依洛", "子史")),
    UYGUR: (("阿依努尔", "古丽娜尔", "艾尔肯", "吐尔逊"), ("买买提", "阿不都拉", "库尔班", "热合曼")),
    TIBETAN: (("扎西", "卓玛", "次仁", "达瓦"), ("多吉", "央金", "平措", "拉姆")),
}


class Namer:
    """Draws names from one random source, so that the same source gives the same names."""

    def __init__(self, random: Random):
        self._random = random.random
        # Nations of the county: mostly Miao, Tujia, Han; the last three married in from far away.
        nations = {MIAO: 570, TUJIA: 190, HAN: 237, YI: 1, UYGUR: 1, TIBETAN: 1}
        self._nations, self._steps = tuple(nations), tuple(accumulate(nations.values()))

    def nation(self) -> str:
        """Return the code of a nation."""
        return self._nations[bisect(self._steps, self._random() * self._steps[-1])]

    def surname(self, nation: str) -> str:
        """Return a surname usual in this nation; "" where names have none, but parts with a dot."""
        if nation in _DOTTED:
            return ""
        if self._random() < 0.004:
            return self._one(_COMPOUND)
        return self._one(_SURNAMES[nation])

    def name(self, surname: str, sex: str, nation: str = MIAO) -> str:
        """Return a full name; `sex` is "male" or "female"."""
        if not surname:
            first, last = _DOTTED.get(nation, _DOTTED[YI])
            return f"{self._one(first)}·{self._one(last)}"
        characters = _MALE if sex == "male" else _FEMALE
        draw = self._random()
        if draw < 0.004:
            return surname + self._one(_RARE)
        if draw < 0.008:
            return surname + self._one(characters) + self._one(_RARE)
        if draw < 0.13:
            return surname + self._one(characters)
        return surname + self._one(characters) + self._one(characters)

    def _one(self, items):
        return items[int(self._random() * len(items))]
