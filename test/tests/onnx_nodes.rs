//! ONNX's own tests of single operators, compiled for the CPU. test/models/run.sh writes them, says where they are in EDGE_NODE_TESTS, and
//! runs this with `--include-ignored`.

use edge_compile::run::{Job, OK, On, UNSUPPORTED, attempt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Case {
    name: String,
    operator: String,
    elements: String,
}

enum Verdict {
    Right,
    Unsupported(String),
    Wrong(String),
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("EDGE_NODE_TESTS").expect("EDGE_NODE_TESTS names a folder that node_tests.py wrote"))
}

/// The tests that index.json lists, those named in EDGE_NODE_TEST only if it is set.
fn cases(folder: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(folder.join("index.json")).expect("index.json is readable");
    let index: serde_json::Value = serde_json::from_str(&text).expect("index.json is JSON");
    let only = std::env::var("EDGE_NODE_TEST").unwrap_or_default();
    let field = |v: &serde_json::Value, name: &str| v[name].as_str().unwrap_or_default().to_owned();
    let case = |v: &serde_json::Value| {
        let elements: Vec<&str> = v["element_types"].as_array().into_iter().flatten().filter_map(|e| e.as_str()).collect();
        Case { name: field(v, "name"), operator: field(v, "operator"), elements: elements.join(" ") }
    };
    let all = index["tests"].as_array().expect("a list of tests").iter().map(case);
    all.filter(|c| c.name.contains(&only)).collect()
}

fn job(folder: PathBuf) -> Job {
    Job {
        model: folder.join("model.onnx"),
        on: On::Devices(vec!["cpu".to_owned()]),
        stop_at: None,
        inputs: vec![],
        outputs: vec![],
        expected: vec![],
        shapes: vec![],
        rtol: 1e-3,
        atol: 1e-4,
        threads: 2,
        bench: None,
        json: true,
        onnx_test: Some(folder),
        keep: None,
        dialects: vec![],
        seed: 1,
    }
}

fn run(folder: PathBuf) -> Verdict {
    let job = job(folder);
    match catch_unwind(AssertUnwindSafe(|| attempt(&job, false))) {
        Ok((OK, _)) => Verdict::Right,
        Ok((UNSUPPORTED, told)) => Verdict::Unsupported(first_line(&told)),
        Ok((_, told)) => Verdict::Wrong(told),
        Err(_) => Verdict::Wrong("a panic".to_owned()),
    }
}

fn first_line(told: &str) -> String {
    told.lines().filter(|l| l.starts_with("error")).collect::<Vec<_>>().join("; ")
}

/// All cases on two threads, in the order of the list.
fn verdicts(folder: &Path, cases: &[Case]) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = vec![];
        while let Some((at, case)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, cases.get(n)?))) {
            done.push((at, run(folder.join(&case.name))));
        }
        done
    };
    let mut all = std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut all = worker();
        all.extend(other.join().expect("panics are caught"));
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, v)| v).collect()
}

#[test]
#[ignore = "needs EDGE_NODE_TESTS; test/models/run.sh runs it"]
fn on_the_cpu() {
    let folder = folder();
    let cases = cases(&folder);
    assert!(!cases.is_empty(), "no tests in {}", folder.display());
    let verdicts = verdicts(&folder, &cases);
    let (mut right, mut unsupported, mut wrong) = (0, 0, 0);
    for (case, verdict) in cases.iter().zip(&verdicts) {
        let what = format!("{} ({}: {})", case.name, case.operator, case.elements);
        match verdict {
            Verdict::Right => {
                println!("PASS {what}");
                right += 1;
            }
            Verdict::Unsupported(why) => {
                println!("UNSUPPORTED {what}: {why}");
                unsupported += 1;
            }
            Verdict::Wrong(why) => {
                println!("FAIL {what}: {}", why.trim_end());
                wrong += 1;
            }
        }
    }
    println!("node tests: {right} right, {wrong} wrong, {unsupported} not supported");
    assert!(right > 0, "nothing was tested");
    assert_eq!(wrong, 0, "wrong results; the list is above");
}

/// The test above, run where there is nothing to test with, fails.
#[test]
fn nothing_to_test_with_is_a_failure() {
    let this = std::env::current_exe().expect("the test runs");
    let empty = edge_test::process::Folder::new();
    let with = |variable: Option<&str>| {
        let mut command = std::process::Command::new(&this);
        command.args(["--exact", "on_the_cpu", "--include-ignored"]).env_remove("EDGE_NODE_TESTS").env_remove("EDGE_NODE_TEST");
        command.envs(variable.map(|v| ("EDGE_NODE_TESTS", v)));
        command.output().expect("it starts").status.success()
    };
    assert!(!with(None));
    assert!(!with(Some("/no/such/folder")));
    assert!(!with(empty.path().to_str()));
    empty.write("index.json", "{\"tests\": []}");
    assert!(!with(empty.path().to_str()));
}
