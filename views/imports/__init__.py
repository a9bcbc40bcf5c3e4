"""Imports (批量导入): the template of a type, uploading a filled one or an old ledger, its trial, what came of it, and undo."""

from views.imports.pages import blueprint

__all__ = ["blueprint"]
