//! What each function does with DynamoDB, recorded while the suite runs, to be held against the policies of
//! `infra/template.yaml`: nothing that it does is missing there, and nothing is granted that it does not do.
//!
//! Tests run in processes of their own. With `RECORD_OPERATIONS`, the name of a folder, each adds a file to it; the
//! program `least-privilege` reads them all.

use crate::template::{folder, resources};
use serde_json::{Value, json};
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

/// A function, an action as IAM calls it, and what it is done to.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The function's crate.
    pub function: String,
    /// Such as `Query`.
    pub action: String,
    /// `table`, or an index.
    pub on: String,
    /// For a write, the partition: `SETTINGS`, or what all partitions of a kind begin with, such as `COMPANY#`. For a
    /// permission, the only partition that it is for, if there is one (`dynamodb:LeadingKeys`).
    pub partition: Option<String>,
}

impl Operation {
    /// Whether this permission allows that operation.
    fn permits(&self, done: &Self) -> bool {
        let same = |it: &Self| (it.function.clone(), it.action.clone(), it.on.clone());
        same(self) == same(done) && (self.partition.is_none() || self.partition == done.partition)
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.function, self.action, self.on)?;
        self.partition.as_ref().map_or(Ok(()), |partition| write!(f, " {partition}"))
    }
}

/// Records what this process does from now on, if `RECORD_OPERATIONS` is set.
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
            partition: line["partition"].as_str().map(Into::into),
        });
    }
}

/// The target under which the store logs what it asks of DynamoDB.
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
            "partition" => self.partition = Some(value.into()),
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
        // What a test does itself belongs to no function.
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
        let mut words = line.split(' ').map(str::to_owned);
        let mut next = || words.next();
        Operation { function: next().unwrap(), action: next().unwrap(), on: next().unwrap(), partition: next() }
    };
    files.iter().flat_map(|text| text.lines()).map(operation).collect()
}

/// What the template lets functions do. It must name every action and resource: a pattern would grant what nobody has
/// looked at.
pub fn granted(template: &Value) -> Result<BTreeSet<Operation>, String> {
    let mut granted = BTreeSet::new();
    for (name, properties) in resources(template, "AWS::Serverless::Function") {
        let function = folder(properties);
        for statement in list(&properties["Policies"]).into_iter().flat_map(|it| list(&it["Statement"])) {
            permissions(&function, statement, &mut granted)
                .ok_or_else(|| format!("{name}: not actions on the table, its indexes or a partition: {statement}"))?;
        }
    }
    Ok(granted)
}

fn permissions(function: &str, statement: &Value, granted: &mut BTreeSet<Operation>) -> Option<()> {
    let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
    if statement["Effect"] != "Allow" || statement.as_object()?.keys().any(|name| !known.contains(&name.as_str())) {
        return None;
    }
    let partitions = match &statement["Condition"] {
        Value::Null => vec![None],
        condition => {
            let keys = list(&condition["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]);
            let only = json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys}});
            let keys = keys.iter().map(|key| key.as_str().map(str::to_owned)).collect::<Vec<_>>();
            (only == *condition && keys.iter().all(Option::is_some)).then_some(keys)?
        }
    };
    for action in list(&statement["Action"]) {
        let action = action.as_str()?.strip_prefix("dynamodb:").filter(|it| !it.contains('*'))?;
        for resource in list(&statement["Resource"]) {
            let on = match resource.as_str()? {
                "Table.Arn" => "table",
                other => other.strip_prefix("${Table.Arn}/index/").filter(|it| !it.contains('*'))?,
            };
            granted.extend(partitions.iter().map(|partition| Operation {
                function: function.into(),
                action: action.into(),
                on: on.into(),
                partition: partition.clone(),
            }));
        }
    }
    Some(())
}

/// The items of a list; anything else is the only item.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => vec![],
        one => vec![one],
    }
}

/// What is wrong with the template's policies, judged by what functions were seen to do.
pub fn faults(template: &Value, seen: &BTreeSet<Operation>) -> Result<Vec<String>, String> {
    let granted = granted(template)?;
    let missing = seen.iter().filter(|done| !granted.iter().any(|it| it.permits(done)));
    let missing = missing.map(|it| format!("{it}: is done, and not granted"));
    let spare = granted.iter().filter_map(|it| {
        let mut uses = seen.iter().filter(|done| it.permits(done)).peekable();
        if uses.peek().is_none() {
            return Some(format!("{it}: is granted, and never done"));
        }
        // Where only partitions with a fixed name are written, a permission for all partitions grants too much.
        let narrow = uses.all(|done| done.partition.as_ref().is_some_and(|partition| !partition.contains('#')));
        (it.partition.is_none() && narrow).then(|| format!("{it}: is granted for all partitions, and done in some"))
    });
    Ok(missing.chain(spare).collect())
}
