//! Where a protobuf message is damaged. The decoder says what is wrong but not where; this walk of the bare wire format finds the field
//! and the byte offset, for a diagnostic.

/// The messages whose insides the walk knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Entry,
    /// A message, string or packed list that is not looked into.
    Opaque,
}

impl Message {
    /// Name and message kind of a length-delimited field; `None` for fields that the importer does not read.
    fn field(self, number: u64) -> Option<(&'static str, Message)> {
        use Message::*;
        Some(match (self, number) {
            (Model, 2) => ("producer_name", Opaque),
            (Model, 7) => ("graph", Graph),
            (Model, 8) => ("opset_import", Entry),
            (Graph, 1) => ("node", Node),
            (Graph, 5) => ("initializer", Tensor),
            (Graph, 11) => ("input", ValueInfo),
            (Graph, 12) => ("output", ValueInfo),
            (Graph, 13) => ("value_info", ValueInfo),
            (Node, 1) => ("input", Opaque),
            (Node, 2) => ("output", Opaque),
            (Node, 3) => ("name", Opaque),
            (Node, 4) => ("op_type", Opaque),
            (Node, 5) => ("attribute", Attribute),
            (Attribute, 1) => ("name", Opaque),
            (Attribute, 5) => ("t", Tensor),
            (Attribute, 6) => ("g", Graph),
            (Tensor, 8) => ("name", Opaque),
            (Tensor, 9) => ("raw_data", Opaque),
            (Tensor, 13) => ("external_data", Entry),
            (ValueInfo, 1) => ("name", Opaque),
            (ValueInfo, 2) => ("type", Opaque),
            _ => return None,
        })
    }
}

/// The first damage in wire order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// The field, from the outermost message inwards: `graph.node[3].attribute[0]`.
    pub field: String,
    /// Byte offset in the file.
    pub offset: usize,
    pub reason: String,
}

/// How deep messages may nest, as deep as the decoder goes.
const DEPTH: usize = 100;

/// Finds the first place where `data` is no well-formed `message`; `None` where the framing is sound (the damage is then in a value).
pub fn find_damage(data: &[u8], message: Message) -> Option<Damage> {
    walk(data, 0, message, "", 0).err()
}

/// Reads a varint at `at`: value and the offset behind it.
fn varint(data: &[u8], at: usize) -> Result<(u64, usize), &'static str> {
    let mut value = 0u64;
    for i in 0..10 {
        let byte = *data.get(at + i).ok_or("the file ends inside a number")?;
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Ok((value, at + i + 1));
        }
    }
    Err("a number longer than ten bytes")
}

/// Walks one message that stands at `base` in the file.
fn walk(data: &[u8], base: usize, message: Message, path: &str, depth: usize) -> Result<(), Damage> {
    let damage = |field: &str, at: usize, reason: String| Damage {
        field: if field.is_empty() { "the model".to_string() } else { field.to_string() },
        offset: base + at,
        reason,
    };
    if depth > DEPTH {
        return Err(damage(path, 0, format!("messages nest deeper than {DEPTH} levels")));
    }
    let mut seen: Vec<(u64, usize)> = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let start = at;
        let (key, next) = varint(data, at).map_err(|r| damage(path, start, r.to_string()))?;
        let (number, wire) = (key >> 3, key & 7);
        let known = message.field(number);
        let name = match known {
            Some((name, _)) => {
                let count = seen.iter_mut().find(|(n, _)| *n == number);
                let index = count.map_or(0, |(_, c)| {
                    *c += 1;
                    *c
                });
                if index == 0 {
                    seen.push((number, 0));
                }
                join(path, &format!("{name}[{index}]"))
            }
            None => join(path, &format!("field {number}")),
        };
        let size = match wire {
            0 => {
                at = varint(data, next).map_err(|r| damage(&name, start, r.to_string()))?.1;
                continue;
            }
            1 => 8,
            5 => 4,
            2 => {
                let (len, body) = varint(data, next).map_err(|r| damage(&name, start, r.to_string()))?;
                let left = data.len() - body;
                if len > left as u64 {
                    return Err(damage(&name, start, format!("its {len} bytes run past the end, {left} are left")));
                }
                let len = len as usize;
                if let Some((_, inner)) = known.filter(|(_, m)| *m != Message::Opaque && *m != Message::Entry) {
                    walk(&data[body..body + len], base + body, inner, &name, depth + 1)?;
                }
                at = body + len;
                continue;
            }
            _ => return Err(damage(&name, start, format!("wire type {wire}, which is none"))),
        };
        if data.len() - next < size {
            return Err(damage(&name, start, format!("its {size} bytes run past the end")));
        }
        at = next + size;
    }
    Ok(())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_field_and_offset_of_a_cut() {
        // graph (7) of 6 bytes { node (1) of 4 bytes { name (3) of 2 bytes } }
        let whole = [0x3a, 6, 0x0a, 4, 0x1a, 2, b'a', b'b'];
        assert_eq!(find_damage(&whole, Message::Model), None);
        let cut = find_damage(&whole[..7], Message::Model).expect("cut");
        assert_eq!((cut.field.as_str(), cut.offset), ("graph[0]", 0));
        let mut inner = whole;
        inner[5] = 9;
        let damage = find_damage(&inner, Message::Model).expect("damaged");
        assert_eq!((damage.field.as_str(), damage.offset), ("graph[0].node[0].name[0]", 4));
    }

    #[test]
    fn any_bytes_end_well() {
        let mut state = 1u32;
        for len in 0..400 {
            let data: Vec<u8> = (0..len)
                .map(|_| {
                    state = state.wrapping_mul(1664525).wrapping_add(1013904223);
                    (state >> 24) as u8
                })
                .collect();
            find_damage(&data, Message::Model);
        }
    }
}
