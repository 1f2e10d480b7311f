"""Stands in for the AWS command line, which is not installed: carries out `aws <service> <operation> --name value …`
as it would, with `--query` and `--output text`."""

import json
import pathlib
import sys

import boto3
import jmespath
from botocore import xform_name


def main(service, operation, *options):
    client = boto3.client(service)
    wanted = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    model = client.meta.service_model.operation_model(wanted[operation])
    members = {xform_name(name, "-"): name for name in (model.input_shape.members if model.input_shape else {})}
    arguments, query, output = {}, None, "json"
    options = list(options)
    while options:
        name, value = options.pop(0).removeprefix("--"), options.pop(0)
        if name == "query":
            query = jmespath.compile(value)
        elif name == "output":
            output = value
        else:
            shape = model.input_shape.members[members[name]]
            if value.startswith("file://"):
                value = pathlib.Path(value.removeprefix("file://")).read_text()
            arguments[members[name]] = value if shape.type_name == "string" else json.loads(value)
    answer = getattr(client, xform_name(model.name))(**arguments)
    answer.pop("ResponseMetadata", None)
    found = query.search(answer) if query else answer
    print(found if output == "text" else json.dumps(found, default=str, indent=4))


main(*sys.argv[1:])
