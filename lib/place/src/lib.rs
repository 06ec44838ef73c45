//! Target descriptions, cost model, placement and memory plans.
