#!/usr/bin/python3
"""protoc plugin: from the annotations of daemon/api/http.proto, the handlers' declarations and the route table in C++,
and the OpenAPI 3.1 document. Runs at build time only; nothing it writes is committed."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from google.protobuf.compiler import plugin_pb2  # noqa: E402

import contract  # noqa: E402
import cpp  # noqa: E402
import openapi  # noqa: E402


def main():
    data = sys.stdin.buffer.read()
    request = plugin_pb2.CodeGeneratorRequest.FromString(data)
    methods = contract.read_methods(request)
    response = plugin_pb2.CodeGeneratorResponse()
    response.supported_features = plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    base = "daemon/api/console/console"
    for name, content in (
        (base + "_handlers.hpp", cpp.handlers(methods)),
        (base + "_routes.cpp", cpp.routes(methods)),
        (base + "_openapi.json", openapi.document(request, methods)),
    ):
        response.file.add(name=name, content=content)
    sys.stdout.buffer.write(response.SerializeToString())


if __name__ == "__main__":
    main()
