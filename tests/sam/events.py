"""Holds events/ against the routes of infra/template.yaml and against what API Gateway sends."""

import json
import pathlib
import subprocess
import sys

from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]


def routes(template):
    """The route keys that the template declares."""
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            of = event["Properties"]
            yield "$default" if of["Path"] == "$default" else f"{of['Method']} {of['Path']}"


# What API Gateway leaves out when there is nothing to say, and what an API without authorizers and stage variables
# never has.
OPTIONAL = {"cookies", "queryStringParameters", "pathParameters", "body"}
ABSENT = {"stageVariables", "requestContext.authentication", "requestContext.authorizer"}
# Objects whose names are the request's own.
FREE = {"headers", "queryStringParameters", "pathParameters"}


def misshapen(event, sample, at=""):
    """Where an event differs from the one that sam prints, in its fields and their types."""
    for name in sorted(sample.keys() | event.keys()):
        place = at + name
        if name not in event:
            if place not in OPTIONAL | ABSENT:
                yield f"lacks {place}"
        elif name not in sample or place in ABSENT:
            yield f"has {place}, which API Gateway does not send"
        elif type(event[name]) is not type(sample[name]):
            yield f"has another type of {place}"
        elif place in FREE and not all(isinstance(it, str) for it in event[name].values()):
            yield f"has something else than text in {place}"
        elif isinstance(event[name], dict) and place not in FREE:
            yield from misshapen(event[name], sample[name], place + ".")


def faults(event, known):
    """What API Gateway would never send."""
    route, path, http = event["routeKey"], event["rawPath"], event["requestContext"]["http"]
    if event["version"] != "2.0":
        yield "is not payload 2.0"
    if route not in known:
        yield f"is for {route}, which the template does not have"
    if event["requestContext"]["routeKey"] != route or http["path"] != path:
        yield "says one thing about its route in requestContext, another outside"
    if any(name != name.lower() for name in event["headers"]):
        yield "has a header name that is not in lower case"
    if "cookie" in event["headers"]:
        yield "has a cookie header; payload 2.0 has a list `cookies`"
    if int(event["headers"]["content-length"]) != len(event.get("body", "").encode()):
        yield "has another content-length than its body"
    if route != "$default":
        method, pattern = route.split(" ")
        for name, value in event.get("pathParameters", {}).items():
            pattern = pattern.replace("{" + name + "}", value)
        if (http["method"], path) != (method, pattern):
            yield f"calls {http['method']} {path}, which is not {route}"


def main():
    known = set(routes(yaml_parse((ROOT / "infra/template.yaml").read_text())))
    files = {file.name: json.loads(file.read_text()) for file in sorted((ROOT / "events").glob("*.json"))}
    files.pop("env.json")
    printed = subprocess.run(
        ["sam", "local", "generate-event", "apigateway", "http-api-proxy"], check=True, capture_output=True, text=True
    )
    sample = json.loads(printed.stdout)
    wrong = [
        f"events/{name} {fault}"
        for name, event in files.items()
        for fault in (*misshapen(event, sample), *faults(event, known))
    ]
    wrong += [f"no event for {route}" for route in sorted(known - {event["routeKey"] for event in files.values()})]
    print("\n".join(wrong) or f"{len(files)} events for {len(known)} routes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
