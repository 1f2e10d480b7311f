"""Holds infra/template.yaml against what neither SAM nor a linter knows: metrics that exist, values that people
mistype, JSON inside YAML."""

import json
import pathlib
import re
import unittest

from samcli.commands.deploy.auth_utils import auth_per_resource
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samtranslator.yaml_helper import yaml_parse

FILE = pathlib.Path(__file__).parents[2] / "infra/template.yaml"
TEMPLATE = yaml_parse(FILE.read_text())
PARAMETERS, RESOURCES = TEMPLATE["Parameters"], TEMPLATE["Resources"]

# What AWS documents: the metrics that are used here, and the sets of dimensions that they come with. An alarm on any
# other combination never gets a datum.
API = [{"ApiId"}, {"ApiId", "Stage"}]
FUNCTION = [{"FunctionName"}]
TABLE_OR_INDEX = [{"TableName"}, {"TableName", "GlobalSecondaryIndexName"}]
DOCUMENTED = {
    # API Gateway, "Working with metrics for HTTP APIs". REST APIs have 4XXError and 5XXError instead.
    **{("AWS/ApiGateway", name): API for name in ("4xx", "5xx", "Count", "Latency", "IntegrationLatency")},
    # Lambda, "Types of metrics for Lambda functions".
    **{("AWS/Lambda", name): FUNCTION for name in ("Errors", "Throttles", "Duration", "Invocations")},
    # DynamoDB, "Metrics and dimensions" and "CloudWatch throttling metrics".
    **{
        ("AWS/DynamoDB", f"{way}{reason}ThrottleEvents"): TABLE_OR_INDEX
        for way in ("Read", "Write")
        for reason in ("KeyRangeThroughput", "MaxOnDemandThroughput", "AccountLimit")
    },
    **{("AWS/DynamoDB", f"Consumed{way}CapacityUnits"): TABLE_OR_INDEX for way in ("Read", "Write")},
    ("AWS/DynamoDB", "SystemErrors"): [{"TableName", "Operation"}],
    # Our own: shared/web/src/edge/telemetry/metrics.rs.
    ("TicketsPortal", "Broken"): [{"Function"}],
    # And shared/web/src/edge/telemetry/fed.rs.
    ("TicketsPortal", "Lag"): [{"Function"}],
    # SQS, "Available CloudWatch metrics for Amazon SQS".
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): [{"QueueName"}],
}
INDEXES = {"by-updated", "by-state"}


def of_type(kind):
    return {name: it for name, it in RESOURCES.items() if it["Type"] == kind}


def alarm_metrics(alarm):
    """(id, namespace, name, dimensions, statistic) of everything that an alarm looks at."""
    if "MetricName" in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        yield None, alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"], statistic
    for metric in alarm.get("Metrics", []):
        if "MetricStat" in metric:
            of = metric["MetricStat"]["Metric"]
            yield metric["Id"], of["Namespace"], of["MetricName"], of["Dimensions"], metric["MetricStat"]["Stat"]


class Alarms(unittest.TestCase):
    def test_each_looks_at_metrics_that_aws_documents(self):
        for alarm, resource in of_type("AWS::CloudWatch::Alarm").items():
            for _, namespace, name, dimensions, statistic in alarm_metrics(resource["Properties"]):
                with self.subTest(alarm=alarm, metric=name):
                    self.assertIn((namespace, name), DOCUMENTED)
                    self.assertIn({it["Name"] for it in dimensions}, DOCUMENTED[namespace, name])
                    self.assertEqual(statistic, {"Latency": "p99", "Lag": "Maximum"}.get(name, "Sum"))

    def test_each_expression_uses_every_metric_and_no_other(self):
        for alarm, resource in of_type("AWS::CloudWatch::Alarm").items():
            metrics = resource["Properties"].get("Metrics", [])
            shown = [it for it in metrics if it.get("ReturnData", True)]
            with self.subTest(alarm=alarm):
                self.assertLessEqual(len(metrics), 11, "CloudWatch takes ten metrics an alarm")
                for expression in shown:
                    ids = {it["Id"] for it in metrics if it is not expression}
                    used = set(re.findall(r"\b[a-z][a-z_]*\b", expression["Expression"]))
                    self.assertEqual(used or ids, ids)
                    self.assertTrue(used or "METRICS()" in expression["Expression"])
                self.assertEqual(len(shown), 1 if metrics else 0)

    def test_none_takes_silence_for_trouble(self):
        for alarm, resource in of_type("AWS::CloudWatch::Alarm").items():
            with self.subTest(alarm=alarm):
                self.assertEqual(resource["Properties"]["TreatMissingData"], "notBreaching")

    def test_errors_throttles_and_broken_answers_of_every_function_are_watched(self):
        for alarm in ("FunctionErrors", "FunctionThrottles", "BrokenAnswers"):
            watched = [
                dimensions[0]["Value"]["Ref"] for *_, dimensions, _ in alarm_metrics(RESOURCES[alarm]["Properties"])
            ]
            self.assertEqual(sorted(watched), sorted(of_type("AWS::Serverless::Function")))

    def test_every_refusal_of_table_and_indexes_is_watched(self):
        for alarm, reason in (
            ("HotPartition", "KeyRangeThroughput"),
            ("CostFuse", "MaxOnDemandThroughput"),
            ("AccountLimit", "AccountLimit"),
        ):
            watched = {
                (name, next((it["Value"] for it in dimensions if it["Name"] == "GlobalSecondaryIndexName"), None))
                for _, _, name, dimensions, _ in alarm_metrics(RESOURCES[alarm]["Properties"])
            }
            expected = {
                (f"{way}{reason}ThrottleEvents", index) for way in ("Read", "Write") for index in (None, *INDEXES)
            }
            self.assertEqual(watched, expected)

    def test_internal_errors_of_every_granted_operation_are_watched(self):
        # What a transaction holds is granted action by action; its errors are those of the transaction.
        in_transactions = {"PutItem", "DeleteItem", "ConditionCheckItem"}
        granted = {"TransactWriteItems"}
        for function in of_type("AWS::Serverless::Function").values():
            for statement in function["Properties"]["Policies"][0]["Statement"]:
                actions = statement["Action"]
                granted |= {it.split(":")[1] for it in ([actions] if isinstance(actions, str) else actions)}
        watched = {
            dimensions[1]["Value"] for *_, dimensions, _ in alarm_metrics(RESOURCES["TableErrors"]["Properties"])
        }
        self.assertEqual(watched, granted - in_transactions)

    def test_the_operations_document_explains_each_and_tells_what_they_cost(self):
        text = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
        alarms = of_type("AWS::CloudWatch::Alarm")
        for alarm in alarms:
            self.assertIn(f"| `{alarm}` |", text)
        metrics = sum(len(list(alarm_metrics(it["Properties"]))) for it in alarms.values())
        self.assertRegex(text, rf"\| {metrics} metrics in {len(alarms)} alarms, 0.10 each .* \| {metrics * 0.1:.2f} \|")


class Routes(unittest.TestCase):
    # What Lambda keeps for each route that may call a function, with names as long as they get.
    STATEMENT = json.dumps(
        {
            "Sid": "x" * 100,
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": "arn:aws:lambda:us-gov-east-1:123456789012:function:" + "x" * 64,
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-gov-east-1:123456789012:abcdefghij/*/"}},
        },
        separators=(",", ":"),
    )

    def test_a_guided_deployment_asks_about_none_of_them(self):
        stacks, _ = SamLocalStackProvider.get_stacks(str(FILE))
        asked = [function for function, settled in auth_per_resource(stacks) if not settled]
        self.assertEqual(asked, [])

    def test_those_of_each_function_fit_its_policy(self):
        for name, function in of_type("AWS::Serverless::Function").items():
            events = [it["Properties"] for it in function["Properties"]["Events"].values() if it["Type"] == "HttpApi"]
            size = sum(len(self.STATEMENT) + len(it.get("Method", "*")) + len(it.get("Path", "*")) for it in events)
            with self.subTest(function=name, events=len(events), bytes=size):
                self.assertLess(size, 20 * 1024)


class Dashboard(unittest.TestCase):
    body = json.loads(
        re.sub(r"\$\{[A-Za-z:]+\}", "x", RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    )

    def test_it_shows_metrics_that_aws_documents(self):
        for widget in self.body["widgets"]:
            for namespace, name, *rest in widget["properties"]["metrics"]:
                dimensions = [it for it in rest if isinstance(it, str)]
                with self.subTest(widget=widget["properties"]["title"], metric=name):
                    self.assertIn(set(dimensions[::2]), DOCUMENTED[namespace, name])

    def test_it_shows_every_function(self):
        text = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        for function in of_type("AWS::Serverless::Function"):
            self.assertEqual(text.count("${" + function + "}"), 3, function)

    def test_no_widget_covers_another(self):
        taken = set()
        for widget in self.body["widgets"]:
            for x in range(widget["x"], widget["x"] + widget["width"]):
                for y in range(widget["y"], widget["y"] + widget["height"]):
                    self.assertLess(x, 24)
                    self.assertNotIn((x, y), taken)
                    taken.add((x, y))


class AccessLog(unittest.TestCase):
    format = RESOURCES["HttpApi"]["Properties"]["AccessLogSettings"]["Format"]

    def test_a_line_is_one_object(self):
        self.assertNotIn("\n", self.format)
        line = json.loads(self.format)
        self.assertTrue(all(re.fullmatch(r"\$context\.[A-Za-z.]+", it) for it in line.values()), line)

    def test_it_holds_nothing_that_clients_write_freely(self):
        for variable in ("$context.path", "$context.authorizer", "userAgent", "querystring"):
            self.assertNotIn(variable, self.format)


class Parameters(unittest.TestCase):
    """CloudFormation refuses what a pattern does not match before it creates anything."""

    EXAMPLES = {
        "HelpCenterDomain": (
            [
                "",
                "help.example.com",
                "example.com",
                "a-b.help.example.co.uk",
                "help.xn--bcher-kva.example",
                "x.xn--p1ai",
            ],
            ["https://help.example.com", "help.example.com/", "help.example.com/tickets", "Help.example.com", "help"]
            + ["help.example.com.", ".help.example.com", "help..example.com", "help.example,com", "help_me.example.com"]
            + ["-help.example.com", "help-.example.com", "help.example.com:443", "help.example.c", "*.example.com"]
            + ["help.example.com ", " help.example.com", "help.example.123", "127.0.0.1", "help.example.com\n"]
            + ["bücher.example", "a" * 64 + ".example.com"],
        ),
        "CertificateArn": (
            ["", "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"]
            + ["arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"],
            ["01234567-89ab-cdef-0123-456789abcdef", "arn:aws:acm:eu-west-1:123456789012:certificate/"]
            + ["arn:aws:iam::123456789012:server-certificate/x", "arn:aws:acm:eu-west-1:1234:certificate/" + "0" * 36],
        ),
        "HostedZoneId": (
            ["", "Z0123456789ABCDEFGHIJ"],
            ["/hostedzone/Z0123456789ABCDEFGHIJ", "example.com", "z012345"],
        ),
        "PortalOrigin": (
            [
                "",
                "https://help.example.com",
                "https://help.example.com:8443",
                "https://abc123.execute-api.eu-west-1.amazonaws.com",
            ],
            ["http://help.example.com", "help.example.com", "https://help.example.com/", "https://Help.example.com"]
            + [
                "https://help..example.com",
                "https://help.example,com",
                "https://localhost",
                "https://a@help.example.com",
            ],
        ),
        "TeammateSignInUrl": (
            ["", "https://staff.example.com", "https://staff.example.com/login?x=1#top"],
            ["http://staff.example.com", "staff.example.com", "https://staff.example.com/a b", "javascript:alert(1)"],
        ),
        "IdentityAudience": (
            ["", "portal", "https://help.example.com/", "urn:example:portal"],
            ["helpdesk", "two audiences", '["portal"]', "x" * 257],
        ),
        "IdentityIssuer": (
            ["", "https://app.example.com", "accounts@example.com"],
            ["two issuers", "https://app.example.com?x", "x" * 257],
        ),
        "AlarmEmail": (
            ["", "ops@example.com", "on-call+portal@mail.example.co.uk"],
            ["ops", "ops@", "@example.com", "ops@example", "ops@example.com, more@example.com", "ops @example.com"],
        ),
        "KeysRevision": (["1", "2026-11-20.2"], ["", "a b", "x" * 65]),
        **{
            name: (
                [
                    "tickets-portal/keys",
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:tickets-portal/keys-AbCdEf",
                ],
                ["", "a key", '[{"kid":"k1"}]', "keys}}", "a,b"],
            )
            for name in ("IdentityKeysSecret", "SessionKeysSecret", "TeammateKeysSecret")
        },
    }

    def test_every_text_has_examples(self):
        texts = {name for name, it in PARAMETERS.items() if it["Type"] == "String" and "AllowedValues" not in it}
        self.assertEqual(set(self.EXAMPLES), texts)

    def test_what_is_right_passes_and_what_is_mistyped_is_refused(self):
        for name, (good, bad) in self.EXAMPLES.items():
            # CloudFormation matches the whole value. Java's `$`, like Python's, would let a newline follow.
            pattern = re.compile(PARAMETERS[name]["AllowedPattern"].removesuffix("$"))
            for value in good:
                self.assertTrue(pattern.fullmatch(value), f"{name} refuses {value!r}")
            for value in bad:
                self.assertFalse(pattern.fullmatch(value), f"{name} takes {value!r}")

    def test_what_may_stay_empty_has_a_default_that_passes(self):
        for name, parameter in PARAMETERS.items():
            self.assertTrue(parameter["Description"], name)
            if parameter["Type"] == "Number":
                allowed = parameter.get("AllowedValues") or range(parameter["MinValue"], parameter["MaxValue"] + 1)
                self.assertIn(parameter["Default"], allowed)
            elif "AllowedValues" in parameter:
                self.assertIn(parameter["Default"], parameter["AllowedValues"])
            else:
                self.assertRegex(parameter["Default"], parameter["AllowedPattern"], name)


class Rules(unittest.TestCase):
    """Parameters that do not go together are refused, too."""

    @staticmethod
    def value(of, given):
        match of:
            case {"Ref": name}:
                return given.get(name, PARAMETERS[name]["Default"])
            case {"Fn::Equals": [one, other]}:
                return Rules.value(one, given) == Rules.value(other, given)
            case {"Fn::Not": [it]}:
                return not Rules.value(it, given)
            case {"Fn::And": all_of}:
                return all(Rules.value(it, given) for it in all_of)
            case {"Fn::Or": any_of}:
                return any(Rules.value(it, given) for it in any_of)
        return of

    def refused(self, **given):
        return [
            name
            for name, rule in TEMPLATE["Rules"].items()
            if self.value(rule.get("RuleCondition", True), given)
            and not all(self.value(it["Assert"], given) for it in rule["Assertions"])
        ]

    def test_the_address_is_said_once(self):
        domain = {"HelpCenterDomain": "help.example.com", "CertificateArn": "arn"}
        origin = {"PortalOrigin": "https://help.example.com"}
        self.assertEqual(self.refused(**domain), [])
        self.assertEqual(self.refused(**domain, HostedZoneId="Z1"), [])
        self.assertEqual(self.refused(**origin), [])
        self.assertEqual(self.refused(), ["OneAddress"])
        self.assertEqual(self.refused(**domain, **origin), ["OneAddress"])

    def test_domain_and_certificate_go_together(self):
        origin = {"PortalOrigin": "https://help.example.com"}
        self.assertEqual(self.refused(HelpCenterDomain="help.example.com"), ["CertificateWithDomain"])
        self.assertEqual(self.refused(**origin, CertificateArn="arn"), ["NothingWithoutDomain"])
        self.assertEqual(self.refused(**origin, HostedZoneId="Z1"), ["NothingWithoutDomain"])


class Functions(unittest.TestCase):
    def test_each_keeps_its_logs_in_a_group_with_retention(self):
        for name, function in of_type("AWS::Serverless::Function").items():
            group = RESOURCES[function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]
            with self.subTest(function=name):
                self.assertEqual(group["Properties"]["RetentionInDays"], {"Ref": "LogRetentionDays"})
                folder = function["Properties"]["CodeUri"].rsplit("/", 1)[1]
                self.assertEqual(group["Properties"]["LogGroupName"]["Fn::Sub"], "/${AWS::StackName}/" + folder)
        groups = len(of_type("AWS::Logs::LogGroup"))
        self.assertEqual(groups, len(of_type("AWS::Serverless::Function")) + 1, "one each, and the API's")


class Table(unittest.TestCase):
    table = RESOURCES["Table"]

    def test_tickets_outlive_the_stack_and_mistakes(self):
        self.assertEqual((self.table["DeletionPolicy"], self.table["UpdateReplacePolicy"]), ("Retain", "Retain"))
        properties = self.table["Properties"]
        self.assertTrue(properties["DeletionProtectionEnabled"])
        self.assertTrue(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"])
        self.assertTrue(properties["SSESpecification"]["SSEEnabled"])

    def test_the_fuse_is_in_the_table_and_in_every_index(self):
        fuse = {"MaxReadRequestUnits": {"Ref": "MaxReadUnits"}, "MaxWriteRequestUnits": {"Ref": "MaxWriteUnits"}}
        properties = self.table["Properties"]
        self.assertEqual({it["IndexName"] for it in properties["GlobalSecondaryIndexes"]}, INDEXES)
        for it in (properties, *properties["GlobalSecondaryIndexes"]):
            self.assertEqual(it["OnDemandThroughput"], fuse)


class CustomDomain(unittest.TestCase):
    def test_one_way_in_over_tls_at_the_root(self):
        self.assertEqual(
            RESOURCES["HttpApi"]["Properties"]["DisableExecuteApiEndpoint"], {"Fn::If": ["HasDomain", True, False]}
        )
        [configuration] = RESOURCES["HelpCenter"]["Properties"]["DomainNameConfigurations"]
        self.assertEqual(configuration["SecurityPolicy"], "TLS_1_2")
        self.assertNotIn("ApiMappingKey", RESOURCES["HelpCenterMapping"]["Properties"])
        records = RESOURCES["HelpCenterRecords"]["Properties"]["RecordSets"]
        self.assertEqual([it["Type"] for it in records], ["A", "AAAA"])

    def test_functions_are_told_the_address_that_was_given(self):
        origin = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]["PORTAL_ORIGIN"]
        expected = ["HasDomain", {"Fn::Sub": "https://${HelpCenterDomain}"}, {"Ref": "PortalOrigin"}]
        self.assertEqual(origin, {"Fn::If": expected})


if __name__ == "__main__":
    unittest.main()
