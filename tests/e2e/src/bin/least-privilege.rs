//! Holds the policies of `infra/template.yaml` against what functions did in the suite, as `RECORD_OPERATIONS` recorded
//! it in the folder that is given: `least-privilege FOLDER`.

use e2e::{
    operations::{Operation, faults, granted, recorded},
    template::{folder, template},
};
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("least-privilege FOLDER");
        return ExitCode::from(2);
    };
    match check(&template(), &recorded(Path::new(&folder))) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("{}", wrong.join("\n"));
            ExitCode::FAILURE
        }
    }
}

fn check(template: &Value, seen: &BTreeSet<Operation>) -> Result<String, Vec<String>> {
    let silent: Vec<_> = FUNCTIONS
        .iter()
        .filter(|function| !seen.iter().any(|it| it.function == function.name))
        .map(|function| format!("{}: nothing was recorded. The whole suite has to run: tests/run rust", function.name))
        .collect();
    if !silent.is_empty() {
        return Err(silent);
    }
    let faults_of = |template: &Value| faults(template, seen).unwrap_or_else(|why| vec![why]);
    let faults = faults_of(template);
    if !faults.is_empty() {
        return Err(faults);
    }
    // It would have found anything else: every permission less, and every one more.
    let mutants = mutants(template);
    let missed: Vec<_> =
        mutants.iter().filter(|(_, mutant)| faults_of(mutant).len() != 1).map(|(what, _)| what.clone()).collect();
    if !missed.is_empty() {
        return Err(missed);
    }
    let functions = FUNCTIONS.len();
    Ok(format!("{} permissions of {functions} functions, all used; {} mutations, all found", seen.len(), mutants.len()))
}

/// Templates that grant one permission less or more, and what is wrong with each.
fn mutants(template: &Value) -> Vec<(String, Value)> {
    let granted = granted(template).unwrap_or_default();
    let mut mutants = Vec::new();
    for function in FUNCTIONS {
        let own = granted.iter().filter(|it| it.function == function.name);
        let own: BTreeSet<_> = own.map(|it| (it.action.as_str(), it.on.as_str())).collect();
        let others = granted.iter().map(|it| (it.action.as_str(), it.on.as_str())).chain([("Scan", "table")]);
        let others: BTreeSet<_> = others.filter(|it| !own.contains(it)).collect();
        let mutant = |permissions: BTreeSet<_>| with_policy(template, function.name, &permissions);
        for one in &own {
            let less = own.iter().filter(|it| *it != one).copied().collect();
            mutants.push((format!("{} without {} on {}: not found", function.name, one.0, one.1), mutant(less)));
        }
        for one in &others {
            let more = own.iter().chain([one]).copied().collect();
            mutants.push((format!("{} with {} on {}: not found", function.name, one.0, one.1), mutant(more)));
        }
    }
    mutants
}

/// The template with these permissions in place of those that a function has.
fn with_policy(template: &Value, function: &str, permissions: &BTreeSet<(&str, &str)>) -> Value {
    let statement = |(action, on): &(&str, &str)| {
        let resource = if *on == "table" { "Table.Arn".into() } else { format!("${{Table.Arn}}/index/{on}") };
        json!({"Effect": "Allow", "Action": format!("dynamodb:{action}"), "Resource": resource})
    };
    let mut template = template.clone();
    for resource in template["Resources"].as_object_mut().into_iter().flatten().map(|(_, it)| it) {
        if resource["Type"] == "AWS::Serverless::Function" && folder(&resource["Properties"]) == function {
            let statements: Vec<_> = permissions.iter().map(statement).collect();
            resource["Properties"]["Policies"] = json!([{"Statement": statements}]);
        }
    }
    template
}
