"""Holds events/ against what API Gateway sends, as sam prints it. That they are events of the template's routes is held
by tests/e2e/tests/suite/events.rs and template.rs."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]

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


def main():
    printed = subprocess.run(
        ["sam", "local", "generate-event", "apigateway", "http-api-proxy"], check=True, capture_output=True, text=True
    )
    sample = json.loads(printed.stdout)
    files = [file for file in sorted((ROOT / "events").glob("*.json")) if file.name != "env.json"]
    wrong = [
        f"events/{file.name} {fault}" for file in files for fault in misshapen(json.loads(file.read_text()), sample)
    ]
    print("\n".join(wrong) or f"{len(files)} events")
    sys.exit(bool(wrong) or not files)


if __name__ == "__main__":
    main()
