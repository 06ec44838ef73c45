//! Rewrite rules, the greedy driver and dialect conversion.
