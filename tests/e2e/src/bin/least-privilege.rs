//! Holds the policies of `infra/template.yaml` against what functions did in the suite, as `RECORD_OPERATIONS` recorded
//! it in the folder that is given: `least-privilege FOLDER`.
#![allow(clippy::indexing_slicing)]

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
    // Shows that any fault would have been found: every permission less, and every one more.
    let mutants = mutants(template);
    let missed = mutants.iter().filter(|(_, mutant)| faults_of(mutant).is_empty());
    let missed: Vec<_> = missed.map(|(what, _)| format!("{what}: would not have been found")).collect();
    if !missed.is_empty() {
        return Err(missed);
    }
    let granted = granted(template).unwrap_or_default().len();
    Ok(format!("{granted} permissions, all used, and none missing; {} mutations, all found", mutants.len()))
}

/// Templates that grant a function one permission less or more, and which.
fn mutants(template: &Value) -> Vec<(String, Value)> {
    let granted = granted(template).unwrap_or_default();
    let scan = Operation { action: "Scan".into(), on: "table".into(), ..Operation::default() };
    let mut mutants = Vec::new();
    for function in FUNCTIONS {
        let is_own = |it: &&Operation| it.function == function.name;
        let own: BTreeSet<_> = granted.iter().filter(is_own).cloned().collect();
        let of_others = granted.iter().filter(|it| !is_own(it)).chain([&scan]);
        let of_others = of_others.map(|it| Operation { function: function.name.into(), ..it.clone() });
        let mutant = |permissions: BTreeSet<_>| with_policy(template, function.name, &permissions);
        for one in &own {
            let less = own.iter().filter(|it| *it != one).cloned().collect();
            mutants.push((format!("less: {one}"), mutant(less)));
            let wider = Operation { partition: None, ..one.clone() };
            if *one != wider {
                mutants.push((format!("more: {wider}"), mutant(own.iter().cloned().chain([wider]).collect())));
            }
        }
        for one in of_others.filter(|it| !own.contains(it)).collect::<BTreeSet<_>>() {
            // Beside a permission for all partitions, one for a single partition adds nothing.
            if !own.contains(&Operation { partition: None, ..one.clone() }) {
                mutants.push((format!("more: {one}"), mutant(own.iter().cloned().chain([one]).collect())));
            }
        }
    }
    mutants
}

/// The template with these permissions in place of those that a function has.
fn with_policy(template: &Value, function: &str, permissions: &BTreeSet<Operation>) -> Value {
    let statement = |it: &Operation| {
        let resource = if it.on == "table" { "Table.Arn".into() } else { format!("${{Table.Arn}}/index/{}", it.on) };
        let mut statement =
            json!({"Effect": "Allow", "Action": format!("dynamodb:{}", it.action), "Resource": resource});
        if let Some(partition) = &it.partition {
            statement["Condition"] = json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [partition]}});
        }
        statement
    };
    let mut template = template.clone();
    for resource in template["Resources"].as_object_mut().into_iter().flatten().map(|(_, it)| it) {
        if resource["Type"] == "AWS::Serverless::Function" && folder(&resource["Properties"]) == function {
            resource["Properties"]["Policies"] =
                json!([{"Statement": permissions.iter().map(statement).collect::<Vec<_>>()}]);
        }
    }
    template
}
