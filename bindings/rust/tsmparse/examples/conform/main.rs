// SPDX-License-Identifier: BSD-2-Clause

//! The conformance adapter of the Rust crate. usage: conform INPUTS OUTPUTS

mod json;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tsmparse::{Error, Log};

fn write(path: &Path, rows: Result<Vec<Value>, Error>) -> std::io::Result<()> {
    let rows = rows.unwrap_or_else(|_| vec![json!({"error": true})]);
    fs::write(path, rows.iter().map(|row| format!("{row}\n")).collect::<String>())
}

fn records(path: &Path) -> Result<Vec<Value>, Error> {
    Log::open(path)?.records().map(|record| Ok(json::record(&record?))).collect()
}

fn report(path: &Path) -> Result<Vec<Value>, Error> {
    let report = Log::open(path)?.check()?;
    let runs: Vec<_> = report.runs.iter().map(json::run).collect();
    Ok(vec![json!({"verdict": report.verdict, "runs": runs})])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folders: Vec<_> = std::env::args_os().skip(1).collect();
    let [inputs, outputs] = &folders[..] else { return Err("usage: conform INPUTS OUTPUTS".into()) };
    for file in fs::read_dir(inputs)? {
        let file = file?;
        let target = |ending| {
            let mut name = file.file_name();
            name.push(ending);
            Path::new(outputs).join(name)
        };
        write(&target(".records"), records(&file.path()))?;
        write(&target(".check"), report(&file.path()))?;
    }
    Ok(())
}
