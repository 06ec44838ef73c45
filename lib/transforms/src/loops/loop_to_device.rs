//! Bufferisation: nests become kernels, tensors become byte ranges.

use crate::bufferize::lower_module;
use edge_ir::OpData;
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Turns a function of nests into kernels and a host function that launches them.
    ///
    /// Each nest is outlined to a `device.kernel`, equal ones to one. Views become one-dimensional memrefs and accesses linear
    /// positions. Intermediate tensors get offsets in one arena per memory space, by size and lifetime; results that are returned are
    /// written where the caller wants them. A tensor that is used on a device of another space is copied there once.
    pub struct LoopToDevice = "loop-to-device" on "builtin.module" {
        /// Prefix of the kernels' names.
        name: String = "main".to_owned(),
    }
}

impl Pass for LoopToDevice {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        lower_module(cx, op, &self.name)?;
        Ok(Changed::Yes)
    }
}
