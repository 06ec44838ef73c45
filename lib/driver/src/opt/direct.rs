//! One file in, one text out: the input is mapped and the output written while it is printed, so that neither is held as a whole.

use super::{CANNOT_READ, CANNOT_WRITE, NOT_TEXT, Tool};
use edge_support::storage::map_file;
use edge_support::{Diagnostics, Reported, SourceMap, diag};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

impl Tool<'_> {
    /// Does all the work where nothing asks for the text in parts or for something else than text; `None`: nothing was done.
    pub(super) fn direct(&self, dialects: &edge_dialect::Registry, output: &mut dyn Write) -> Option<Result<(), Reported>> {
        let path = self.args.input.as_deref().filter(|p| *p != "-")?;
        let plain = !self.is_in_parts() && !self.args.run_reproducer && self.args.emit.is_none();
        // What cannot be mapped, a pipe for one, is read as a whole.
        let is_file = std::fs::metadata(path).is_ok_and(|m| m.is_file());
        (plain && is_file).then(|| self.file(dialects, path, output))
    }
    fn file(&self, dialects: &edge_dialect::Registry, path: &str, output: &mut dyn Write) -> Result<(), Reported> {
        let bytes = map_file(Path::new(path)).map_err(|e| self.error(CANNOT_READ, path, format!("cannot read: {e}")))?;
        let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
        let file =
            sources.add_bytes(path, bytes).map_err(|at| self.error(NOT_TEXT, path, format!("not UTF-8 at byte {at}")))?;
        let ctx = self.context(dialects, &sources.file(file).text());
        let module = self.module(&ctx, &sources, file, &diags);
        diags.take().iter().for_each(|d| self.say(&diag::render(d, &sources, self.color)));
        let (module, form) = (module?, self.form());
        let print = |sink: &mut dyn Write| edge_asm::write_module(&ctx, &module, &form, sink);
        let (place, result) = match self.args.output.as_deref() {
            None | Some("-") => ("standard output", print(output).and_then(|()| output.flush())),
            Some(path) => (path, crate::output::write_file(path.as_ref(), print)),
        };
        result.map_err(|e| self.error(CANNOT_WRITE, place, format!("cannot write: {e}")))
    }
}
