//! What each function does with DynamoDB, recorded while the suite runs, to be held against the policies of
//! `infra/template.yaml`: nothing that it does is missing there, and nothing is granted that it does not do.
//!
//! Tests run in processes of their own. With `RECORD_OPERATIONS`, the name of a folder, each adds a file to it; the
//! program `least-privilege` reads them all.

use crate::template::{folder, resources};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    env,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, Once},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// A function, an action as IAM calls it, and `table` or an index.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The function's crate.
    pub function: String,
    /// Such as `Query`.
    pub action: String,
    /// What it is done to.
    pub on: String,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.function, self.action, self.on)
    }
}

/// Records what this process does from now on, if somebody wants to know.
pub fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(recorder) = Recorder::open() {
            tracing::subscriber::set_global_default(recorder).unwrap();
        }
    });
}

/// Adds what a function's own program did before its first request, which it logs on behalf of no request.
pub fn record_start(function: &str, log: &str) {
    let Some(recorder) = Recorder::open() else { return };
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for line in lines.filter(|line| line["target"] == METER && line["function"].is_null()) {
        recorder.add(Operation {
            function: function.into(),
            action: line["action"].as_str().unwrap().into(),
            on: line["index"].as_str().unwrap_or("table").into(),
        });
    }
}

/// Where the store tells what it asks of DynamoDB.
const METER: &str = "store::meter";

/// A listener to the store's meter.
#[derive(Debug)]
struct Recorder {
    file: Mutex<(File, BTreeSet<Operation>)>,
}

impl Recorder {
    fn open() -> Option<Self> {
        let folder = PathBuf::from(env::var_os("RECORD_OPERATIONS")?);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(std::process::id().to_string());
        let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        Some(Self { file: Mutex::new((file, BTreeSet::new())) })
    }

    fn add(&self, operation: Operation) {
        let (file, known) = &mut *self.file.lock().unwrap();
        if known.insert(operation.clone()) {
            writeln!(file, "{operation}").unwrap();
        }
    }
}

impl Visit for Operation {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "function" => self.function = value.into(),
            "action" => self.action = value.into(),
            "index" => self.on = value.into(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == METER
    }

    fn event(&self, event: &Event<'_>) {
        let mut operation = Operation { on: "table".into(), ..Operation::default() };
        event.record(&mut operation);
        // What a test does itself is no function's.
        if !operation.function.is_empty() {
            self.add(operation);
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Everything that was recorded in a folder.
pub fn recorded(folder: &Path) -> BTreeSet<Operation> {
    let files = fs::read_dir(folder).into_iter().flatten();
    let files = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect::<Vec<_>>();
    let operation = |line: &str| {
        let [function, action, on] = line.splitn(3, ' ').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        Operation { function, action, on }
    };
    files.iter().flat_map(|text| text.lines()).map(operation).collect()
}

/// What the template lets functions do. Names every action and resource: a pattern would grant what nobody looked at.
pub fn granted(template: &Value) -> Result<BTreeSet<Operation>, String> {
    let mut granted = BTreeSet::new();
    for (name, properties) in resources(template, "AWS::Serverless::Function") {
        let statements = list(&properties["Policies"]).into_iter().flat_map(|it| list(&it["Statement"]));
        for statement in statements {
            let fields: BTreeSet<_> =
                statement.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            if statement["Effect"] != "Allow" || !fields.is_subset(&["Sid", "Effect", "Action", "Resource"].into()) {
                return Err(format!("{name}: a statement that is more than actions on resources: {statement}"));
            }
            for action in list(&statement["Action"]) {
                let action = action.as_str().and_then(|it| it.strip_prefix("dynamodb:")).filter(|it| !it.contains('*'));
                let action = action.ok_or_else(|| format!("{name}: not an action on DynamoDB: {statement}"))?;
                for resource in list(&statement["Resource"]) {
                    let on = match resource.as_str() {
                        Some("Table.Arn") => Some("table"),
                        Some(other) => other.strip_prefix("${Table.Arn}/index/").filter(|it| !it.contains('*')),
                        None => None,
                    };
                    let on = on.ok_or_else(|| format!("{name}: neither the table nor an index: {statement}"))?;
                    granted.insert(Operation { function: folder(properties), action: action.into(), on: on.into() });
                }
            }
        }
    }
    Ok(granted)
}

/// One or several.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => vec![],
        one => vec![one],
    }
}

/// What is wrong with the template's policies, by what functions were seen to do.
pub fn faults(template: &Value, seen: &BTreeSet<Operation>) -> Result<Vec<String>, String> {
    let granted = granted(template)?;
    let missing = seen.difference(&granted).map(|it| format!("{it}: is done, and not granted"));
    let spare = granted.difference(seen).map(|it| format!("{it}: is granted, and never done"));
    Ok(missing.chain(spare).collect())
}
