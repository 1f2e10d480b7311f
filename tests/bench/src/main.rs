//! Measures built functions beside their floor, and prints what docs/performance.md has. `tests/bench/run` builds and
//! calls it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod crates;
mod gateway;
mod growth;
mod operator;
mod process;
mod report;
mod scenario;
mod svg;
mod tls;

use clap::Parser;
use process::Process;
use report::{Figures, Report};
use scenario::{Prepared, SCENARIOS};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tls::Tls;

/// How many answers after the first are counted under valgrind.
const COUNTED: u64 = 10;
/// What callgrind writes.
const PROFILE: &str = "callgrind.out";

#[derive(Debug, Parser)]
struct Arguments {
    /// Folder with the built functions: each by its name, or as `sam build` leaves them.
    #[arg(long)]
    functions: PathBuf,
    /// Tell what the functions' files are made of, by crate, instead. They must have their symbols.
    #[arg(long)]
    crates: bool,
    /// Measure pages as what they are about grows instead, and leave plots in this folder.
    #[arg(long, value_name = "PLOTS")]
    growth: Option<PathBuf>,
    /// Measure the portal of `cargo run` instead, which is in the folder beside functions.
    #[arg(long)]
    gateway: bool,
    /// Measure the operator's command, which is in the folder beside functions, over so many tickets instead.
    #[arg(long, value_name = "TICKETS", value_delimiter = ',')]
    operator: Vec<usize>,
    /// The built floor, to compare with.
    #[arg(long)]
    floor: Option<PathBuf>,
    /// Folder with functions to compare with, such as those of another version.
    #[arg(long)]
    against: Option<PathBuf>,
    /// How often each program is started for each kind of request; 0 counts instructions alone.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Requests of a start.
    #[arg(long, default_value_t = 100)]
    requests: usize,
    /// Stop measuring times after this many seconds.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Leave callgrind's files in this folder, for `callgrind_annotate`. Programs with their symbols say the most.
    #[arg(long, value_name = "FOLDER")]
    profiles: Option<PathBuf>,
    /// Where to write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Fail where more instructions, units or requests are needed than this file says; `UPDATE_COUNTS=1` writes it.
    #[arg(long)]
    expect: Option<PathBuf>,
}

/// A program by its name, as cargo or as `sam build` leaves it.
fn program(folder: &Path, name: &str) -> PathBuf {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    let resource: String = name.split('-').map(word).collect();
    let built = folder.join(format!("{resource}Function/bootstrap"));
    let program = if built.exists() { built } else { folder.join(name) };
    assert!(program.exists(), "{} has not been built", program.display());
    fs::canonicalize(program).unwrap()
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let folder = std::env::temp_dir().join(format!("tickets-portal-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let functions = &arguments.functions;
    let mut correct = true;
    if arguments.crates {
        crates::print(functions);
    } else if let Some(plots) = &arguments.growth {
        growth::measure(functions, plots, &folder).await;
    } else if arguments.gateway {
        gateway::measure(functions).await;
    } else if !arguments.operator.is_empty() {
        operator::measure(functions, &arguments.operator, &folder).await;
    } else {
        correct = measure(&arguments, &folder).await;
    }
    fs::remove_dir_all(&folder).unwrap();
    std::process::exit(i32::from(!correct));
}

async fn measure(arguments: &Arguments, folder: &Path) -> bool {
    let floor = arguments.floor.as_ref().map(|path| fs::canonicalize(path).unwrap());
    let candidates = |function: &str| -> Vec<(&'static str, PathBuf)> {
        let ours = ("ours", program(&arguments.functions, function));
        let before = arguments.against.as_ref().map(|folder| ("before", program(folder, function)));
        [Some(ours), floor.clone().map(|it| ("floor", it)), before].into_iter().flatten().collect()
    };
    let site = e2e::Site::with(&scenario::lines()).await;
    let loaded = Instant::now();
    let tls = Tls::start(&site.endpoint, folder).await;
    // What has just changed has no tag by which it is known to be unchanged.
    tokio::time::sleep(Duration::from_secs(12).saturating_sub(loaded.elapsed())).await;
    let mut report = Report::default();
    let mut prepared = Vec::new();
    for scenario in SCENARIOS {
        let function = program(&arguments.functions, scenario.function);
        report.sizes.insert(scenario.function.into(), fs::metadata(&function).unwrap().len());
        prepared.push(Prepared::of(scenario, &site.store, &site.endpoint, &function, floor.as_deref(), folder).await);
    }
    for it in &prepared {
        let counts = report.counts.entry(it.scenario.name.into()).or_default();
        (counts.requests, counts.rounds, counts.units, counts.bytes) = (it.requests, it.rounds, it.units, it.bytes);
    }

    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    for round in 0..arguments.rounds {
        for it in &mut prepared {
            for (name, program) in candidates(it.scenario.function) {
                if Instant::now() > until {
                    break;
                }
                eprintln!("round {} of {}: {}, {name}", round + 1, arguments.rounds, it.scenario.name);
                let plain = it.environment(&site.endpoint);
                let figures = report.times.entry(it.scenario.name.into()).or_default().entry(name).or_default();
                times(it, &program, &plain, arguments.requests, figures).await;
            }
        }
        for (name, program) in candidates("ticket-list") {
            let it = prepared.iter_mut().find(|it| it.scenario.name == "list JSON").unwrap();
            let environment = over_tls(it, &tls);
            let figures = report.times.entry("cold over TLS".into()).or_default().entry(name).or_default();
            times(it, &program, &environment, 0, figures).await;
        }
    }

    if Command::new("valgrind").arg("--version").output().is_ok_and(|it| it.status.success()) {
        for it in &mut prepared {
            for (name, program) in candidates(it.scenario.function) {
                eprintln!("instructions: {}, {name}", it.scenario.name);
                let environment = it.environment(&site.endpoint);
                let cold = instructions(it, &program, &environment, 0, folder).await;
                let all = instructions(it, &program, &environment, COUNTED, folder).await;
                if let Some(profiles) = &arguments.profiles {
                    let kept = profiles.join(format!("{}, {name}.out", it.scenario.name));
                    fs::copy(folder.join(PROFILE), kept).unwrap();
                }
                let found = report.instructions.entry(it.scenario.name.into()).or_default();
                found.insert(name, all.saturating_sub(cold) / COUNTED);
            }
        }
        for (name, program) in candidates("ticket-list") {
            eprintln!("instructions: cold over TLS, {name}");
            let it = prepared.iter_mut().find(|it| it.scenario.name == "list JSON").unwrap();
            let environment = over_tls(it, &tls);
            let count = instructions(it, &program, &environment, 0, folder).await;
            report.instructions.entry("cold over TLS".into()).or_default().insert(name, count);
        }
    } else {
        eprintln!("valgrind is not installed: no instructions are counted");
    }

    println!("{report}");
    if let Some(path) = &arguments.json {
        fs::write(path, serde_json::to_string_pretty(&report).unwrap() + "\n").unwrap();
    }
    arguments.expect.as_ref().is_none_or(|path| report.is_within(path))
}

/// As a function behind AWS's own endpoint, which trusts five roots: here it is told to trust one.
fn over_tls(it: &Prepared, tls: &Tls) -> Vec<(String, String)> {
    let mut environment = it.environment(&tls.endpoint);
    environment.push(("SSL_CERT_FILE".into(), tls.root.to_str().unwrap().into()));
    environment
}

/// Starts a program and lets it answer the first request and so many after it.
async fn times(
    it: &mut Prepared,
    program: &Path,
    environment: &[(String, String)],
    requests: usize,
    figures: &mut Figures,
) {
    let mut process = Process::start(Command::new(program), environment).await;
    figures.start.push(process.start);
    figures.start_processor.push(process.start_processor);
    it.first(&mut process).await;
    figures.cold_processor.push(process.processor());
    for _ in 0..requests {
        let answer = it.next(&mut process).await;
        figures.processor.push(answer.processor);
        figures.wall.push(answer.wall);
    }
    figures.memory.push(process.memory());
}

/// The instructions of a start, the first answer and so many after it. The fewer of two tries: a timeout that a busy
/// machine causes adds some.
async fn instructions(
    it: &mut Prepared,
    program: &Path,
    environment: &[(String, String)],
    requests: u64,
    folder: &Path,
) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..2 {
        let output = folder.join(PROFILE);
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--quiet", &format!("--callgrind-out-file={}", output.display())]);
        command.arg(program);
        let mut process = Process::start(command, environment).await;
        it.first(&mut process).await;
        for _ in 0..requests {
            it.next(&mut process).await;
        }
        process.end().await;
        let text = fs::read_to_string(&output).unwrap();
        let counted = text.lines().filter_map(|line| line.strip_prefix("totals: "));
        least = least.min(counted.filter_map(|it| it.trim().parse().ok()).max().unwrap_or(u64::MAX));
    }
    least
}

/// A kind of request, then a candidate.
type By<T> = BTreeMap<String, BTreeMap<&'static str, T>>;
