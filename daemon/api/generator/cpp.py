"""The C++ side: one declaration per handler, so that a handler always has the contract's types, and the route table."""

import re

HEAD = "// Made by daemon/api/generator from daemon/api/console/console.proto.\n"
METHODS = {"get": "get", "post": "post", "put": "put", "patch": "patch", "delete": "del"}
VERBS = {"delete": "del", "export": "exp"}


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def type_name(full):
    return full.lstrip(".").replace(".", "::").replace("tessera::console::v1", "tessera::console::v1")


def handlers(methods):
    out = [HEAD, "#pragma once\n\n", "#include <google/protobuf/empty.pb.h>\n\n",
           '#include "daemon/api/call.hpp"\n', '#include "daemon/api/console/console.pb.h"\n\n',
           "namespace tessera::api::console {\n"]
    for m in methods:
        out.append(f"\n// {m.http_method.upper()} {m.path}\n"
                   f"Async<Result<{type_name(m.response)}, ApiError>> {snake(m.name)}(\n"
                   f"    Call& call, {type_name(m.request)} request);\n")
    out.append("\nstd::span<const ApiRoute> routes();\n\n}  // namespace tessera::api::console\n")
    return "".join(out)


def routes(methods):
    out = [HEAD, '#include "daemon/api/console/console_handlers.hpp"\n\n', "namespace tessera::api::console {\n\n",
           "namespace {\n\n", "constexpr ApiRoute table[] = {\n"]
    for m in methods:
        out.append(f'    {{"{m.name}", http::Method::{METHODS[m.http_method]}, "{m.path}", "{m.body}",\n'
                   f"     Resource::{m.resource}, Verb::{VERBS.get(m.verb, m.verb)},\n"
                   f"     &invoke<{type_name(m.request)}, {type_name(m.response)},\n"
                   f"             &{snake(m.name)}>}},\n")
    out.append("};\n\n}  // namespace\n\nstd::span<const ApiRoute> routes()\n{\n    return table;\n}\n\n"
               "}  // namespace tessera::api::console\n")
    return "".join(out)
