"""The few texts that scripts say: Chinese stands in them, other languages come with the page."""

from views.language.catalogue import english

TEXTS = (
    "有未保存的修改",
    "{0} 处有误",
    "必填 {0} / {1}",
    "应为 18 位",
    "出生日期部分有误",
    "校验位不符，请核对",
    "，失败 {0}",
    "共 {0} 行 {1}",
    "已粘贴 {0} 行",
    "，{0} 格不能填入",
    "删除第 {0} 行 {1}？",
    "连接不上，还没有保存，正在重试…",
    "没有保存，请刷新再试",
    "未命名",
    "{0} 也在修改",
    "可以写的内容",
)


def words() -> dict[str, str]:
    """Return {Chinese: English} of what the scripts say."""
    return {text: english()[text] for text in TEXTS if text in english()}
