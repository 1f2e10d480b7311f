//! The table of docs/performance.md: each figure beside its budget.

use crate::By;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, fs, path::Path, time::Duration};

/// How far bytes may be above what was expected.
const TOLERANCE: f64 = 1.05;
/// The same of instructions: libraries choose by the processor's vector instructions, which are not the same everywhere.
const TOLERANCE_OF_INSTRUCTIONS: f64 = 1.1;

/// What one candidate took for one kind of request, a figure each time.
#[derive(Debug, Default)]
pub struct Figures {
    /// From the start to the first question for an event, by the clock.
    pub start: Vec<Duration>,
    pub start_processor: Vec<Duration>,
    /// Processor time from the start to the first answer.
    pub cold_processor: Vec<Duration>,
    pub processor: Vec<Duration>,
    pub wall: Vec<Duration>,
    /// In bytes.
    pub memory: Vec<u64>,
}

/// What does not depend on how busy a machine is.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub requests: usize,
    /// Of these, one after another.
    pub rounds: usize,
    pub units: f64,
    /// Of the answer's body, as the client gets it.
    pub bytes: usize,
}

#[derive(Debug, Default)]
pub struct Report {
    pub counts: BTreeMap<String, Counts>,
    /// Of programs, in bytes.
    pub sizes: BTreeMap<String, u64>,
    pub times: By<Figures>,
    pub instructions: By<u64>,
}

/// What a count must not exceed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Expected {
    /// Of our functions, by kind of request.
    instructions: BTreeMap<String, u64>,
    counts: BTreeMap<String, Counts>,
    sizes: BTreeMap<String, u64>,
}

fn sorted<T: Ord + Copy>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort();
    values
}

fn quantile(values: &[Duration], part: f64) -> f64 {
    let values = sorted(values);
    let place = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(place).map_or(f64::NAN, |it| it.as_secs_f64() * 1000.0)
}

fn median(values: &[Duration]) -> f64 {
    quantile(values, 0.5)
}

fn megabytes(values: &[u64]) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).map_or(f64::NAN, |it| *it as f64 / 1e6)
}

impl Figures {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "start_ms": median(&self.start),
            "start_processor_ms": median(&self.start_processor),
            "cold_processor_ms": median(&self.cold_processor),
            "processor_ms": median(&self.processor),
            "processor_p99_ms": quantile(&self.processor, 0.99),
            "wall_ms": median(&self.wall),
            "wall_p99_ms": quantile(&self.wall, 0.99),
            "memory_mb": megabytes(&self.memory),
            "requests": self.processor.len(),
        })
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let times: By<serde_json::Value> = self
            .times
            .iter()
            .map(|(name, by)| (name.clone(), by.iter().map(|(who, it)| (*who, it.json())).collect()))
            .collect();
        serde_json::json!({
            "counts": self.counts,
            "sizes": self.sizes,
            "times": times,
            "instructions": self.instructions,
        })
        .serialize(serializer)
    }
}

/// A budget of docs/performance.md. For what is compared with the floor, the budget is a ratio to it.
struct Budget {
    name: &'static str,
    before: f64,
    budget: f64,
    unit: &'static str,
    now: f64,
}

impl Report {
    fn ratio(&self, name: &str, of: impl Fn(&Figures) -> f64) -> f64 {
        let by = self.times.get(name);
        let of = |who| by.and_then(|it| it.get(who)).map_or(f64::NAN, &of);
        of("ours") / of("floor")
    }

    fn instructions_of(&self, name: &str, who: &str) -> f64 {
        self.instructions.get(name).and_then(|it| it.get(who)).map_or(f64::NAN, |it| *it as f64 / 1e6)
    }

    fn budgets(&self) -> Vec<Budget> {
        let mut all = Vec::new();
        let mut add = |name, before, budget, unit, now| all.push(Budget { name, before, budget, unit, now });
        let processor = |it: &Figures| median(&it.processor);
        add("list page: processor time", 2.14, 1.25, "x", self.ratio("list page", processor));
        add("ticket page: processor time", 1.94, 1.25, "x", self.ratio("ticket page", processor));
        add("list JSON: processor time", 1.53, 1.2, "x", self.ratio("list JSON", processor));
        add("ticket JSON: processor time", 1.44, 1.2, "x", self.ratio("ticket JSON", processor));
        add("access: processor time", 1.28, 1.2, "x", self.ratio("access", processor));
        add("unchanged: processor time", 1.19, 1.2, "x", self.ratio("unchanged", processor));
        add("start to first poll, plain HTTP", 1.0, 1.0, "x", self.ratio("list JSON", |it| median(&it.start)));
        let cold = self.instructions_of("cold over TLS", "ours");
        add("cold start to first answer, over TLS", 466.0, 60.0, "M instructions", cold);
        let cold = self.times.get("cold over TLS").and_then(|it| it.get("ours"));
        let cold = cold.map_or(f64::NAN, |it| median(&it.cold_processor));
        add("cold start to first answer, over TLS", 38.9, f64::NAN, "ms of processor", cold);
        let size = |name: &str| self.sizes.get(name).map_or(f64::NAN, |it| *it as f64 / 1e6);
        add("ticket-list", 13.19, 8.0, "MB", size("ticket-list"));
        add("ticket-detail", 13.08, 8.0, "MB", size("ticket-detail"));
        add("portal-access", 12.86, 8.0, "MB", size("portal-access"));
        add("peak memory, list page", 1.25, 1.15, "x", self.ratio("list page", |it| megabytes(&it.memory)));
        let counts = |name: &str| self.counts.get(name);
        let units = |name: &str| counts(name).map_or(f64::NAN, |it| it.units);
        add("list", 5.5, 3.5, "read units", units("list JSON"));
        add("ticket", 8.0, 6.0, "read units", units("ticket JSON"));
        add("access", 4.0, 1.5, "read units", units("access"));
        add("unchanged", 1.0, 1.0, "read units", units("unchanged"));
        let bytes = counts("list page").map_or(f64::NAN, |it| it.bytes as f64 / 1e3);
        add("list page, first time", 9.6, 14.0, "KB", bytes);
        add("list page, for somebody who has been here", 9.6, 5.0, "KB", bytes);
        all
    }

    /// Whether no count is worse than the file says. Says which are.
    pub fn is_within(&self, path: &Path) -> bool {
        let ours = |(name, by): (&String, &BTreeMap<&'static str, u64>)| Some((name.clone(), *by.get("ours")?));
        let found: BTreeMap<String, u64> = self.instructions.iter().filter_map(ours).collect();
        if std::env::var_os("UPDATE_COUNTS").is_some() {
            let counts = serde_json::json!({"instructions": found, "counts": self.counts, "sizes": self.sizes});
            fs::write(path, serde_json::to_string_pretty(&counts).unwrap() + "\n").unwrap();
            return true;
        }
        let expected: Expected = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut within = true;
        let mut hold = |what: String, found: f64, expected: f64| {
            if found > expected {
                eprintln!("{what}: {found}, where {expected} were expected (UPDATE_COUNTS=1 accepts it)");
                within = false;
            }
        };
        for (name, expected) in &expected.instructions {
            if let Some(found) = found.get(name) {
                hold(format!("{name}: instructions"), *found as f64, *expected as f64 * TOLERANCE_OF_INSTRUCTIONS);
            }
        }
        for (name, expected) in &expected.sizes {
            let found = self.sizes.get(name).map_or(f64::INFINITY, |it| *it as f64);
            hold(format!("{name}: bytes"), found, *expected as f64 * TOLERANCE);
        }
        for (name, expected) in &expected.counts {
            let Some(found) = self.counts.get(name) else { continue };
            hold(format!("{name}: requests"), found.requests as f64, expected.requests as f64);
            hold(format!("{name}: round trips"), found.rounds as f64, expected.rounds as f64);
            hold(format!("{name}: read units"), found.units, expected.units);
            hold(format!("{name}: bytes of the answer"), found.bytes as f64, expected.bytes as f64 * TOLERANCE);
        }
        within
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | before | budget | now |\n|---|---|---|---|")?;
        for Budget { name, before, budget, unit, now } in self.budgets().iter().filter(|it| !it.now.is_nan()) {
            let (budget, over) = if budget.is_nan() {
                ("".into(), "")
            } else {
                (format!("{budget} {unit}"), if now > budget { " **over**" } else { "" })
            };
            writeln!(f, "| {name} | {before} {unit} | {budget} | {now:.2} {unit}{over} |")?;
        }
        if !self.times.is_empty() {
            writeln!(
                f,
                "\n| milliseconds, median | processor | p99 | wall | p99 | start | processor | cold, processor | MB |"
            )?;
            writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        }
        for (name, by) in &self.times {
            for (who, it) in by {
                writeln!(
                    f,
                    "| {name}, {who} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {:.1} | {:.1} |",
                    median(&it.processor),
                    quantile(&it.processor, 0.99),
                    median(&it.wall),
                    quantile(&it.wall, 0.99),
                    median(&it.start),
                    median(&it.start_processor),
                    median(&it.cold_processor),
                    megabytes(&it.memory),
                )?;
            }
        }
        if !self.instructions.is_empty() {
            writeln!(f, "\n| million instructions | ours | floor | ratio | before |\n|---|---|---|---|---|")?;
        }
        for name in self.instructions.keys() {
            let [ours, floor, before] = ["ours", "floor", "before"].map(|who| self.instructions_of(name, who));
            writeln!(f, "| {name} | {ours:.2} | {floor:.2} | {:.2} x | {before:.2} |", ours / floor)?;
        }
        writeln!(f, "\n| | requests | round trips | read units | bytes of the answer |\n|---|---|---|---|---|")?;
        for (name, it) in &self.counts {
            writeln!(f, "| {name} | {} | {} | {} | {} |", it.requests, it.rounds, it.units, it.bytes)?;
        }
        Ok(())
    }
}
