"""The OpenAPI document of the interface, made from the declarations in force: a schema for each type and version."""

from adminapp.api.posting import LONGEST_KEY, NOT_SENT
from adminapp.api.reading import MOST, USUAL
from adminapp.api.tokens import A_MINUTE
from adminapp.fields import KINDS
from adminapp.registry import Registry
from adminapp.workflow.machine import STATES

ID = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
OBJECT = {"type": "object"}


def describe(registry: Registry, county: str) -> dict:
    """Return the document (OpenAPI 3.1)."""
    latest = {key: item for key, item in registry.latest().items() if not item.retired}
    schemas = dict(_common())
    for item in latest.values():
        schemas[_name(item)] = _application(item)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{county}社会救助数据接口", "version": "1", "summary": "案件、待遇、发放批次的读取，申请的提交",
            "description": f"金额单位为分；日期为 ISO；选项用代码；敏感号码只显示首尾。每个令牌每分钟最多 {A_MINUTE} 次。错误为 application/problem+json。",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": _paths(latest),
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "responses": _problems()},
    }  # fmt: skip


def _name(item):
    return f"Application_{item.key}_v{item.version}"


def _application(item):
    fields = [field for field in item.relief_type.live_fields.values() if field.kind not in NOT_SENT]
    return {
        "type": "object", "title": f"{item.name}申请（第 {item.version} 版）", "required": ["type", "village", "values"], "additionalProperties": False,
        "properties": {
            "type": {"const": item.key},
            "village": {"type": "string", "pattern": "^[0-9]{12}$", "description": "村（社区）12 位代码"},
            "values": {"type": "object", "additionalProperties": False, "properties": {field.id: schema_of(field) for field in fields}},
        },
    }  # fmt: skip


def schema_of(field) -> dict:
    """Return the schema of a declared field: null is blank."""
    told = "；".join(filter(None, [field.help, field.unit and f"单位：{field.unit}", field.clause]))
    about = {"title": field.label} | ({"description": told} if told else {})
    if field.fields:
        columns = {column.id: schema_of(column) for column in field.fields if not column.retired and column.kind not in NOT_SENT}
        rows = {"type": "array", "maxItems": field.max_rows or 30, "items": {"type": "object", "additionalProperties": False, "properties": columns}}
        return about | rows
    found = dict(KINDS[field.kind].json_schema(field))
    described = "；".join(filter(None, [told, found.pop("description", "")]))
    if "enum" in found:
        about |= {"x-labels": {option.code: option.label for option in field.options}}
        found["enum"] = [*found["enum"], None]
    found["type"] = [found["type"], "null"]
    return about | found | ({"description": described} if described else {})


def _common():
    envelope = {
        "id": ID, "number": TEXT, "type": TEXT, "version": WHOLE, "rev": WHOLE, "state": {"type": "string", "enum": list(STATES)}, "state_label": TEXT,
        "township": TEXT, "village": TEXT, "name": TEXT, "amount": {"type": ["integer", "null"], "description": "分"}, "updated": TEXT,
    }  # fmt: skip
    yield "Case", _object(envelope, "id", "number", "type", "version", "rev", "state")
    whole = _object({"values": OBJECT, "files": _list(OBJECT)}, "values", "files")
    yield "WholeCase", {"allOf": [_ref("Case"), whole]}
    spell = _object({"from": TEXT, "to": {"type": ["string", "null"]}, "state": TEXT, "amount": WHOLE}, "from", "to", "state", "amount")
    yield "Award", _object({"id": ID, "number": TEXT, "spells": _list(spell)}, "id", "number", "spells")
    yield "Batch", _object({"id": TEXT, "month": TEXT, "state": TEXT}, "id", "state")
    yield "Line", _object({"id": TEXT, "period": TEXT, "amount": WHOLE, "state": TEXT}, "id", "amount", "state")
    yield "File", _object({"id": TEXT, "name": TEXT, "size": WHOLE, "digest": TEXT}, "id", "digest")
    for name, of in (("Cases", "Case"), ("Awards", "Award"), ("Batches", "Batch"), ("Lines", "Line")):
        yield name, _object({"items": _list(_ref(of)), "next": {"type": ["string", "null"]}}, "items", "next")
    problem = _object({"path": TEXT, "text": TEXT}, "path", "text")
    facts = {"type": TEXT, "title": TEXT, "status": WHOLE, "reference": TEXT, "problems": _list(problem)}
    yield "Problem", _object(facts, "title", "status")


def _object(properties, *required):
    return {"type": "object", "required": [*required], "properties": properties}


def _list(items):
    return {"type": "array", "items": items}


def _ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


REFUSALS = {
    "400": "请求有误，problems 逐项说明", "401": "没有令牌，或者令牌无效、过期、已撤销", "403": "令牌的角色不能进行", "404": "没有，或者不在管辖范围内",
    "409": "已被他人修改，或者键已用于另一份申请", "413": "请求太大", "428": "缺少 If-Match", "429": "请求太频繁",
}  # fmt: skip


def _problems():
    return {f"R{code}": {"description": text, "content": {"application/problem+json": {"schema": _ref("Problem")}}} for code, text in REFUSALS.items()}


def _operation(summary, answer, *codes, done="200", body=None, parameters=(), etag=False):
    headers = {"headers": {"ETag": {"schema": TEXT, "description": "案件的修订号，修改时放进 If-Match"}}} if etag else {}
    answers = {done: {"description": "完成", "content": {"application/json": {"schema": answer}}, **headers}}
    answers |= {code: {"$ref": f"#/components/responses/R{code}"} for code in ("400", "401", "403", "404", "413", "429", *codes)}
    return {"summary": summary, "parameters": [*parameters], "responses": answers} | ({"requestBody": body} if body else {})


def _query(name, schema, told=""):
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": told}


def _path(name, schema=ID):
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _header(name, schema):
    return {"name": name, "in": "header", "required": True, "schema": schema}


def _paths(latest):
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL})
    after, before = _query("after", ID, "上一页最后一件的 id"), _query("before", TEXT, "上一页最后一批的 id；写月份则只列这个月以前的")
    township = _query("township", {"type": "string", "pattern": "^[0-9]{9}$"})
    values = {"type": "object", "required": ["values"], "properties": {"values": OBJECT}}
    bodies = {"oneOf": [_ref(_name(item)) for item in latest.values()], "discriminator": {"propertyName": "type"}}
    rev = _header("If-Match", {"type": "string", "pattern": '^"[0-9]{1,9}"$'})
    key = _header("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"})
    kinds, states = {"type": "string", "enum": list(latest)}, {"type": "string", "enum": list(STATES)}
    paper = [_path("id"), _query("document", TEXT, "材料代码"), _query("name", TEXT, "文件名")]
    return {
        "/cases": {"get": _operation("案件列表，新的在前", _ref("Cases"), parameters=[_query("type", kinds), _query("state", states), township, after, limit])},
        "/cases/{id}": {
            "get": _operation("一件案件", _ref("WholeCase"), parameters=[_path("id")], etag=True),
            "patch": _operation("修改内容", _ref("WholeCase"), "409", "428", body=_json(values), parameters=[_path("id"), rev], etag=True),
        },
        "/cases/{id}/files": {"post": _operation("上传材料", _ref("File"), "409", done="201", body=_bytes(), parameters=paper)},
        "/cases/{id}/submission": {"post": _operation("提交申请", _ref("WholeCase"), "409", "428", parameters=[_path("id"), rev], etag=True)},
        "/applications": {"post": _operation("登记申请（草稿）", _ref("WholeCase"), "409", done="201", body=_json(bodies), parameters=[key], etag=True)},
        "/awards": {"get": _operation("待遇列表", _ref("Awards"), parameters=[township, after, limit])},
        "/awards/{award_id}": {"get": _operation("一份待遇及其享受期间", _ref("Award"), parameters=[_path("award_id")])},
        "/batches": {"get": _operation("发放批次，新的在前", _ref("Batches"), parameters=[before, limit])},
        "/batches/{batch_id}": {"get": _operation("一个发放批次", _ref("Batch"), parameters=[_path("batch_id", TEXT)])},
        "/batches/{batch_id}/lines": {"get": _operation("批次的明细", _ref("Lines"), parameters=[_path("batch_id", TEXT), _query("after", TEXT), limit])},
    }


def _json(schema):
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _bytes():
    return {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
