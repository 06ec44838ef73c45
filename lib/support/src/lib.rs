//! Spans, source maps, diagnostics, interning and mapped files.
