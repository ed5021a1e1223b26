"""The OpenAPI 3.1 document of the same contract."""

import json
import re

from contract import BEHAVIOR, comments, option

OUTPUT_ONLY, INPUT_ONLY = 1, 2
SCALARS = {
    1: {"type": "number"}, 2: {"type": "number"},
    3: {"type": "string", "format": "int64"}, 4: {"type": "string", "format": "uint64"},
    5: {"type": "integer", "format": "int32"}, 8: {"type": "boolean"}, 9: {"type": "string"},
    12: {"type": "string", "contentEncoding": "base64"}, 13: {"type": "integer", "minimum": 0},
}
WELL_KNOWN = {
    ".google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    ".google.protobuf.FieldMask": {"type": "string"},
    ".google.protobuf.Empty": {"type": "object", "additionalProperties": False},
}
STATUS = {
    "type": "object",
    "description": "google.rpc.Status",
    "required": ["code", "message", "details"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"},
                   "details": {"type": "array", "items": {"type": "object"}}},
}


def short(full):
    return full.rsplit(".", 1)[1]


def field_schema(field):
    if field.type == 11:
        schema = dict(WELL_KNOWN.get(field.type_name) or {"$ref": "#/components/schemas/" + short(field.type_name)})
    else:
        schema = dict(SCALARS[field.type])
    if field.label == 3:
        schema = {"type": "array", "items": schema}
    behavior = option(field.options, BEHAVIOR)
    if behavior == OUTPUT_ONLY:
        schema["readOnly"] = True
    elif behavior == INPUT_ONLY:
        schema["writeOnly"] = True
    return schema


def messages(request):
    found = {}
    for file in request.proto_file:
        if file.name not in request.file_to_generate:
            continue
        notes = comments(file)
        for m, message in enumerate(file.message_type):
            properties = {}
            for f, field in enumerate(message.field):
                properties[field.json_name] = field_schema(field)
                note = notes.get((4, m, 2, f))
                if note:
                    properties[field.json_name]["description"] = note
            schema = {"type": "object", "properties": properties, "additionalProperties": False}
            if (4, m) in notes:
                schema["description"] = notes[(4, m)]
            found[message.name] = schema
    return found


def query_parameters(schemas, schema, taken, prefix=""):
    for name, member in schema["properties"].items():
        if name in taken:
            continue
        if "$ref" in member and not prefix:
            yield from query_parameters(schemas, schemas[short(member["$ref"].replace("/", "."))], (), name + ".")
        elif member.get("type") != "object":
            yield {"name": prefix + name, "in": "query", "schema": member}


def operation(method, schemas):
    schema = schemas[short(method.request)]
    in_path = re.findall(r"{(\w+)}", method.path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    answer = WELL_KNOWN.get(method.response) or {"$ref": "#/components/schemas/" + short(method.response)}
    error = {"description": "refused or failed",
             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}}
    out = {
        "operationId": method.name, "tags": [method.service],
        "responses": {"200": {"description": "done", "content": {"application/json": {"schema": answer}}},
                      "default": error},
    }
    if method.comment:
        out["description"] = method.comment
    if method.body == "*":
        rest = {name: member for name, member in schema["properties"].items() if name not in in_path}
        body = {"type": "object", "properties": rest, "additionalProperties": False}
    elif method.body:
        body = schema["properties"][method.body]
    if method.body:
        out["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if method.body != "*":
        parameters += list(query_parameters(schemas, schema, (*in_path, method.body)))
    if parameters:
        out["parameters"] = parameters
    return out


def document(request, methods):
    schemas = messages(request)
    paths = {}
    for method in methods:
        paths.setdefault(method.path, {})[method.http_method] = operation(method, schemas)
    schemas["Status"] = STATUS
    return json.dumps({
        "openapi": "3.1.0",
        "info": {"title": "Tessera console API", "version": "1",
                 "description": "Served on the console's Unix socket; the caller is who SO_PEERCRED says."},
        "paths": paths,
        "components": {"schemas": schemas},
    }, indent=2, ensure_ascii=False) + "\n"
