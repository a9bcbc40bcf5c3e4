"""Files of a field. The bytes lie in GridFS behind the case's scope; the case keeps their list in `files`."""

from adminapp.fields.base import Kind
from adminapp.formula.types import Name


class Attachment(Kind):
    name, title, hint, icon = "attachment", "附件", "照片或扫描件", "upload"
    in_tables = in_lists = False
    formula_type, blank = "list", ()
    stored = False

    def model_field(self, field):
        return None

    def form_field(self, field):
        return None

    def formula_name(self, field):
        return Name("list", field.label)

    def text(self, value, field):
        return f"{len(value)} 个文件" if value else ""
