//! Makes `events/` from the examples in `docs/openapi.yaml`. A test fails until it has been run.

use e2e::events::{files, folder};
use std::{fs, io};

fn main() -> io::Result<()> {
    let files = files();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // The settings for `sam local invoke` are written by hand.
        if name.ends_with(".json") && name != "env.json" && !files.contains_key(&*name) {
            fs::remove_file(&path)?;
        }
    }
    for (name, text) in &files {
        fs::write(folder().join(name), text)?;
    }
    println!("{} events", files.len() - 1);
    Ok(())
}
