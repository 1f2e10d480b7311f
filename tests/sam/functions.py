"""Starts each built function as Lambda does: from a folder in which it may write nothing, by a user who owns nothing.

Under the Runtime Interface Emulator, which comes with sam. Prints the memory that an answer takes.
"""

import http.client
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
NOBODY = 65534


def first_events():
    """An event for each function: by the names of their resources."""
    template = yaml_parse((ROOT / "infra/template.yaml").read_text())
    events = [
        json.loads(file.read_text()) for file in sorted((ROOT / "events").glob("*.json")) if file.name != "env.json"
    ]
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            of = [
                event["Properties"] for event in resource["Properties"]["Events"].values() if event["Type"] == "HttpApi"
            ]
            if not of:
                # It reads the table's stream, in which nothing was written.
                yield name, {"Records": []}
                continue
            routes = {"$default" if it["Path"] == "$default" else f"{it['Method']} {it['Path']}" for it in of}
            yield name, next(event for event in events if event["routeKey"] in routes)


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def keys(ring):
    return json.dumps([{"kid": "k", "alg": "HS256", "secret": ring + os.urandom(16).hex()}])


def settings():
    # No table: whoever is not signed in is answered without one.
    return {
        "PATH": os.environ["PATH"],
        "TABLE_NAME": "none",
        "PORTAL_ORIGIN": "https://help.example.com",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        **{name: keys(name) for name in ("IDENTITY_KEYS", "SESSION_KEYS", "TEAMMATE_KEYS")},
    }


def ask(address, event):
    for _ in range(500):
        try:
            connection = http.client.HTTPConnection(address, timeout=20)
            connection.request("POST", "/2015-03-31/functions/function/invocations", json.dumps(event))
            return json.loads(connection.getresponse().read())
        except ConnectionRefusedError:
            time.sleep(0.01)
    return {}


def memory(folder):
    """The most that the function in a folder has used, in MB."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").resolve() == folder / "bootstrap":
                line = next(it for it in (process / "status").read_text().splitlines() if it.startswith("VmHWM"))
                return int(line.split()[1]) // 1024
        except OSError:
            continue
    return None


def is_answered(event, answer):
    if "Records" in event:
        return answer == {"batchItemFailures": []}
    return 200 <= answer.get("statusCode", 0) < 500


def start(name, event, emulator, built):
    with tempfile.TemporaryDirectory() as base:
        folder = pathlib.Path(base).resolve() / "task"
        folder.mkdir()
        shutil.copy(built / name / "bootstrap", folder)
        for path in (folder / "bootstrap", folder):
            path.chmod(0o555)
        pathlib.Path(base).chmod(0o755)
        # Root may write anywhere, so that a folder's mode would prove nothing.
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        writing = subprocess.run(["touch", folder / "x"], cwd=folder, stderr=subprocess.DEVNULL, **user)
        assert writing.returncode != 0, "the folder can be written to"

        address = free_address()
        command = [emulator, "--runtime-interface-emulator-address", address, "--runtime-api-address", free_address()]
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(
                [*command, folder / "bootstrap"], cwd=folder, env=settings(), stdout=log, stderr=log, **user
            )
            try:
                answer = ask(address, event)
                used = memory(folder)
            finally:
                process.terminate()
                process.wait()
            if not is_answered(event, answer) or os.listdir(folder) != ["bootstrap"]:
                log.seek(0)
                sys.exit(f"{name} does not start from a folder that it cannot write to: {answer}\n{log.read()}")
        folder.chmod(stat.S_IRWXU)
        print(f"{name:28} answers {answer.get('statusCode', 'a batch')} with {used} MB")


def main():
    built, emulator = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    # In a folder in which nobody else can write.
    with tempfile.TemporaryDirectory() as base:
        copy = shutil.copy(emulator, base)
        pathlib.Path(base).chmod(0o755)
        for name, event in first_events():
            start(name, event, copy, built)


if __name__ == "__main__":
    main()
