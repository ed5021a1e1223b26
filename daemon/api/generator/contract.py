"""The annotated methods of the files protoc was asked to generate, with their comments."""

from dataclasses import dataclass

HTTP = 51001
ACCESS = 51002
BEHAVIOR = 51003
PATTERNS = {1: "get", 2: "post", 3: "put", 4: "patch", 5: "delete"}
HTTP_BODY = 6
VERBS = ("create", "get", "list", "update", "delete", "export")


class ContractError(Exception):
    pass


@dataclass
class Method:
    service: str
    name: str
    comment: str
    http_method: str
    path: str
    body: str
    resource: str
    verb: str
    request: str   # full name: ".tessera.console.v1.GetProjectRequest"
    response: str


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7


def fields(data):
    """Protobuf wire format: (number, value) with bytes or int values. Enough for our own options."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value = data[at:at + length]
            at += length
        else:
            raise ContractError(f"wire type {kind} in an option")
        yield number, value


def option(options, number):
    """The extension as raw bytes or int: the plugin needs no generated code of its own."""
    for found, value in fields(options.SerializeToString()):
        if found == number:
            return value
    return None


def comments(file):
    found = {}
    for location in file.source_code_info.location:
        text = location.leading_comments.strip() or location.trailing_comments.strip()
        if text:
            found[tuple(location.path)] = " ".join(line.strip() for line in text.split("\n")
                                                   if not line.strip().startswith("-----")).strip()
    return found


def read_method(service, method, comment):
    where = f"{service.name}.{method.name}"
    http, access = option(method.options, HTTP), option(method.options, ACCESS)
    if http is None or access is None:
        raise ContractError(f"{where}: every method needs (tessera.api.http) and (tessera.api.access)")
    verb, path, body = "", "", ""
    for number, value in fields(http):
        if number in PATTERNS:
            verb, path = PATTERNS[number], value.decode()
        elif number == HTTP_BODY:
            body = value.decode()
    granted = {number: value.decode() for number, value in fields(access)}
    if granted.get(2) not in VERBS:
        raise ContractError(f"{where}: access verb must be one of {', '.join(VERBS)}")
    return Method(service.name, method.name, comment, verb, path, body, granted[1], granted[2],
                  method.input_type, method.output_type)


def read_methods(request):
    methods = []
    for file in request.proto_file:
        if file.name not in request.file_to_generate:
            continue
        notes = comments(file)
        for s, service in enumerate(file.service):
            for m, method in enumerate(service.method):
                methods.append(read_method(service, method, notes.get((6, s, 2, m), "")))
    return methods
