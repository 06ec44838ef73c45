//! Dialect definitions: the model, its text, load-time checks, eval and exporters.
