//! Valid operations of every definition, made from its constraints: both forms are read, verified and printed as the same.

#[path = "../../../test/fuzz/src/choices.rs"]
mod choices;
#[path = "../../../test/fuzz/src/forms.rs"]
mod forms;
#[path = "../../../test/fuzz/src/program.rs"]
mod program;
#[path = "../../../test/fuzz/src/values.rs"]
mod values;

use choices::Choices;
use edge_dialect::Registry;

/// Programs tried for each definition. Those of `loose.txt` hold for some only: their definitions allow operations that are wrong in ways
/// that their format cannot say (a list of another length than the rank, a body other than the operation's own).
/// `EDGE_UPDATE_LOOSE=1` writes the file anew.
const TRIES: u32 = 12;

#[test]
fn what_definitions_allow_has_two_forms() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = registry.context();
    let (mut made, mut all, mut wrong) = (0, 0, Vec::new());
    for def in registry.ops().filter(|d| program::can_make(d)) {
        all += 1;
        let tries = (0..TRIES).map(|n| {
            let seed = format!("{}{n}", def.name);
            let run = || program::check(&registry, &ctx, &[&**def], &mut Choices::new(seed.as_bytes()));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                wrong.push(format!("{}: {text}", def.name));
            })
        });
        made += tries.filter(|r| *r == Ok(true)).count().min(1);
    }
    let loose: Vec<&str> = include_str!("loose.txt").lines().collect();
    let name = |w: &String| w.split(": ").next().unwrap_or_default().to_owned();
    if std::env::var_os("EDGE_UPDATE_LOOSE").is_some() {
        let mut names: Vec<String> = wrong.iter().map(name).collect();
        names.dedup();
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/loose.txt"), names.join("\n") + "\n").unwrap();
        return;
    }
    wrong.retain(|w| !loose.contains(&name(w).as_str()));
    assert!(wrong.is_empty(), "{} programs of {all} definitions:\n{}", wrong.len(), wrong.join("\n"));
    assert!(made * 10 >= all * 6, "only {made} of {all} definitions have a program");
}
