//! Textual IR: parser, printer and the format interpreter.
