"""Walks the deployment guide, docs/operations.md: carries out its commands as they stand there, with sam, on an
emulator of CloudFormation and of what the stack is made of. Needs the functions that tests/sam/run has built, and
`admin`. What the emulator does not know: alarms over several metrics, records in Route 53, and running a function.

    python tests/sam/deploy.py target/sam/build
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import boto3
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
GUIDE = (ROOT / "docs/operations.md").read_text()
TEMPLATE = yaml_parse((BUILD / "template.yaml").read_text())
PARAMETERS = TEMPLATE["Parameters"]
SERVICES = "acm,apigateway,cloudformation,cloudwatch,dynamodb,iam,lambda,logs,s3,secretsmanager,sns,sqs,sts"
# What stands in for what the guide takes for granted. `sam build` has been carried out already, and compiles for long.
COMMANDS = {
    "aws": f'exec {shlex.quote(sys.executable)} {ROOT / "tests/sam/aws.py"} "$@"',
    "cargo": f'while [ "$1" != -- ]; do shift; done; shift; exec {ROOT / "target/debug/admin"} "$@"',
    "sam": f'[ "$1" != build ] || exit 0; exec {shlex.quote(str(pathlib.Path(sys.executable).with_name("sam")))} "$@"',
}


def section(heading):
    """The text under a heading, up to the next one."""
    return re.search(rf"^## {heading}$(.*?)(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)[1]


def blocks(text, language):
    """The blocks of code in a language, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def built(folder):
    """What `sam build` leaves, without alarms over several metrics, which the emulator does not know."""
    template = yaml_parse((BUILD / "template.yaml").read_text())
    resources = template["Resources"]
    left_out = [name for name, it in resources.items() if "Metrics" in it["Properties"]]
    for name in left_out:
        del resources[name]
    folder.mkdir(parents=True)
    for it in BUILD.iterdir():
        if it.is_dir():
            (folder / it.name).symlink_to(it)
    (folder / "template.yaml").write_text(json.dumps(template, default=str))
    return template


class Deployment(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        cls.endpoint = f"http://127.0.0.1:{port}"
        settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": SERVICES, "LOG_LEVEL": "ERROR"}
        cls.emulator = subprocess.Popen(
            [ROOT / "target/second-venv/bin/ministack"],
            env={"PATH": os.environ["PATH"], "TMPDIR": str(cls.folder), **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.addClassCleanup(cls.emulator.wait)
        cls.addClassCleanup(cls.emulator.kill)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{cls.endpoint}/_ministack/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        os.environ["AWS_ENDPOINT_URL"] = cls.endpoint

        commands = cls.folder / "bin"
        commands.mkdir()
        for name, script in COMMANDS.items():
            (commands / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
            (commands / name).chmod(0o755)
        cls.path = f"{commands}:{os.environ['PATH']}"

    def setUp(self):
        # What the root of the repository has after `sam build`.
        self.home = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        self.template = built(self.home / ".aws-sam/build")
        shutil.copy(ROOT / "samconfig.toml", self.home)

    def run_there(self, script, answers="", **environment):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.home,
            env={**os.environ, "PATH": self.path, **environment},
            input=answers,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(done.returncode, 0, f"{script}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def outputs(self, stack):
        [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        self.assertIn(found["StackStatus"], ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
        return {it["OutputKey"]: it["OutputValue"] for it in found["Outputs"]}

    def test_the_guide_leads_to_a_stack_with_a_table_that_has_data_and_a_teammate_who_gets_in(self):
        guide = section("Deploy")
        _, keys, deploy, data, team = blocks(guide, "sh")
        [parameters] = blocks(guide, "yaml")
        self.run_there(keys)
        (self.home / "deploy.local.yaml").write_text(parameters)
        self.run_there(deploy, "y\n")
        outputs = self.outputs("tickets-portal")
        self.assertEqual(outputs["PortalUrl"], "https://help.example.com/tickets")
        self.assertEqual(set(outputs) - set(self.template["Outputs"]), set())

        (self.home / "tickets.ndjson").write_text(json.dumps({"kind": "company", "id": "first", "name": "First"}))
        self.run_there(data.replace("TABLE_NAME=…", f"TABLE_NAME={outputs['TableName']}"))
        held = boto3.client("dynamodb").get_item(
            TableName=outputs["TableName"], Key={"pk": {"S": "COMPANY#first#"}, "sk": {"S": "COMPANY"}}
        )
        self.assertEqual(held["Item"]["name"]["S"], "First")
        token = self.run_there(team.replace("<your id>", "t-1")).strip()
        self.assertRegex(token, r"^[\w-]+\.[\w-]+\.[\w-]+$")

        # Again with other keys: the table stays.
        self.run_there(blocks(section("Keys"), "sh")[0], "y\n")
        self.assertEqual(self.outputs("tickets-portal")["TableName"], outputs["TableName"])

    def test_without_a_domain_a_stack_is_made_at_the_address_of_the_api(self):
        self.run_there(blocks(section("Deploy"), "sh")[1].replace("tickets-portal/", "look/"))
        secrets = " ".join(f"{name.title()}KeysSecret=look/{name}-keys" for name in ("identity", "session", "teammate"))
        first = f"sam deploy --stack-name look --parameter-overrides PortalOrigin=https://help.example.com {secrets}"
        self.run_there(first, "y\n")
        # The emulator has an address of its own there.
        host = urllib.parse.urlsplit(self.outputs("look")["ApiEndpoint"]).hostname.split(".")[0]
        api = f"https://{host}.execute-api.us-east-1.amazonaws.com"
        self.run_there(first.replace("https://help.example.com", api), "y\n")
        self.assertEqual(self.outputs("look")["PortalUrl"], f"{api}/tickets")

    def test_a_guided_deployment_comes_through_with_enter_where_there_is_a_default(self):
        # Of the address there can be none: it is the one answer that is typed.
        asked = list(PARAMETERS)
        typed = ["", "", *("https://help.example.com" if it == "PortalOrigin" else "" for it in asked)]
        said = self.run_there("sam deploy --guided", "\n".join(typed) + "\n" * 40)
        self.assertEqual([it for it in asked if f"Parameter {it}" not in said], [])
        self.assertNotIn("has no authentication", said)
        self.assertIn("Deploy this changeset?", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
