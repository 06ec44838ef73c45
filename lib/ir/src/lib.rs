//! Types, attributes, operations, blocks, regions and values; no dialect and no text.
