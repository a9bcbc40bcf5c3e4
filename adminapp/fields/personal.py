"""What identifies a person or pays them: ID number, phone, bank account."""

import re
from datetime import date

from mongoengine.base import BaseField

from adminapp import sealing
from adminapp.errors import Invalid
from adminapp.fields.number import TypedField
from adminapp.fields.textual import Text, stripped
from adminapp.identity import check_card, make_id, parse_id
from adminapp.text import normalise


class SealedField(BaseField):
    """Text that is stored sealed and is plain in Python. Equality is asked through `sealing.key_of`, never of the stored text."""

    def __init__(self, context, **kwargs):
        super().__init__(**kwargs)
        self.context = context

    def to_mongo(self, value):
        return sealing.seal(value, self.context) if value and not value.startswith(sealing.PREFIX) else value

    def to_python(self, value):
        if isinstance(value, str) and value.startswith(sealing.PREFIX):
            return sealing.unseal(value, self.context)
        return value

    def validate(self, value):
        if not isinstance(value, str):
            self.error("要是文字")


class Sealed(Text):
    """A text that lies sealed in the database; `context` is what it is sealed for."""

    context = ""

    def model_field(self, field):
        return SealedField(self.context)

    def from_store(self, value, field):
        return sealing.unseal(value, self.context) if sealing.is_sealed(value) else value

    def to_store(self, value, field):
        return sealing.seal(value, self.context) if value and not sealing.is_sealed(value) else value


class IdNumber(Sealed):
    """A resident ID number: check digit, birth date and sex come with it."""

    name, title, hint, icon = "id_number", "公民身份号码", "检查校验位，算出年龄和性别", "case"
    context = "id_number"
    properties = set()
    tells_who = "number"
    disclosure = "secret"

    def form_field(self, field):
        options = self._options(field, render_kw={"maxlength": 24, "autocomplete": "off", "spellcheck": "false"})
        return TypedField(parse=lambda text: parse_id(text).number, show=str, **options)

    def parse(self, text, field):
        return parse_id(text).number if stripped(text) else None

    def sample(self, field, number=0):
        """Return a number of nobody: its place code is not in use."""
        return make_id("433199", date(1960 + number * 17 % 50, 1, 15), 2 * number % 900 + 1)

    def mask(self, text):
        return f"{text[:6]}********{text[-4:]}" if len(text) > 10 else super().mask(text)


class Phone(Text):
    name, title, hint, icon = "phone", "电话", "手机或固定电话", "bell"
    properties = set()
    tells_who = "phone"
    disclosure = "personal"
    default_length = 20

    def _clean(self, text, field):
        text = re.sub(r"[\s()-]", "", normalise(text, numbers=True))
        if not re.fullmatch(r"\+?[0-9]{7,15}", text):
            raise Invalid("请填电话号码，如 13800000000 或 07433222222")
        return text

    def sample(self, field, number=0):
        return f"1380000{number:04d}"

    def mask(self, text):
        return f"{text[:3]}****{text[-4:]}" if len(text) > 7 else super().mask(text)


class BankAccount(Sealed):
    """A bank account or card number; a card of 16 to 19 digits is checked by its last digit."""

    name, title, hint, icon = "bank_account", "银行账号", "检查卡号校验位，单独加密保存", "bank"
    context = "bank_account"
    properties = set()
    tells_who = "secret"
    disclosure = "secret"

    def form_field(self, field):
        options = self._options(field, render_kw={"maxlength": 40, "inputmode": "numeric", "autocomplete": "off"})
        return TypedField(parse=lambda text: self._clean(text, field), show=str, **options)

    def _clean(self, text, field):
        text = re.sub(r"[\s-]", "", normalise(text, numbers=True))
        if not re.fullmatch(r"[0-9]{8,32}", text):
            raise Invalid("账号要是 8 到 32 位数字")
        if 16 <= len(text) <= 19 and not check_card(text):
            raise Invalid("卡号校验位不对，请核对")
        return text

    def sample(self, field, number=0):
        return f"8{number:014d}"

    def mask(self, text):
        return f"{text[:4]}****{text[-4:]}" if len(text) > 8 else super().mask(text)
