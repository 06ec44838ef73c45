//! The passes. One file, or folder, of `nn/`, `loops/`, `device/` and `general/` is one pass: documentation, code, unit tests. They
//! are found by the build script, as are the named pipelines of `pipelines/`. Beside them
//! stands what several passes share.

pub mod bufferize;
pub mod evaluation;
pub mod fusion;
pub mod loop_ir;
pub mod lowering;

include!(concat!(env!("OUT_DIR"), "/passes.rs"));

/// The registry of every pass and pipeline here.
pub fn registry() -> edge_pass::Registry {
    PIPELINES.iter().fold(edge_pass::Registry::new().with(PASSES), |r, (name, text)| r.with_pipeline(name, text))
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use edge_pass::pipeline::{Pipeline, Reader};
    use edge_support::{Diagnostics, SourceMap};

    #[test]
    fn names_are_distinct_and_documented() {
        let (registry, diags) = (super::registry(), Diagnostics::new());
        assert!(registry.check(&diags).is_ok(), "{:?}", diags.take());
        for pass in registry.passes() {
            assert!(!pass.summary().is_empty(), "{} has no documentation", pass.name);
            assert!(pass.options.iter().all(|o| !o.doc.trim().is_empty()), "an option of {} has no documentation", pass.name);
        }
    }

    #[test]
    fn pipelines_name_passes_that_exist() {
        let (registry, sources, diags) = (super::registry(), SourceMap::new(), Diagnostics::new());
        for (name, text) in registry.pipelines() {
            let reader = Reader { registry: &registry, sources: &sources, diags: &diags };
            let _ = Pipeline::parse(reader, &format!("{name}.pipeline"), text, "builtin.module");
        }
        assert_eq!(diags.render(&sources), "");
    }
}
