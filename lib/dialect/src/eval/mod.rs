//! The notation of `eval`: text, static values, instantiation to Core.
