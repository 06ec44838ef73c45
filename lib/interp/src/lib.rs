//! Reference interpreter at the tensor, loop and device levels.
