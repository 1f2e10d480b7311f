"""Holds events/ against the routes of infra/template.yaml and against what API Gateway sends."""

import json
import pathlib
import sys

from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]


def routes(template):
    """The route keys that the template declares."""
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            of = event["Properties"]
            yield "$default" if of["Path"] == "$default" else f"{of['Method']} {of['Path']}"


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
    wrong = [f"events/{name} {fault}" for name, event in files.items() for fault in faults(event, known)]
    wrong += [f"no event for {route}" for route in sorted(known - {event["routeKey"] for event in files.values()})]
    print("\n".join(wrong) or f"{len(files)} events for {len(known)} routes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
