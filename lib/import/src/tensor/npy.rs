//! NumPy's `.npy` format, versions 1 to 3. `bf16` has no type of NumPy's own; it is stored as two opaque bytes (`<V2`), as the
//! packages that add it do.

use super::Tensor;
use edge_dialect::core::ElemType;

const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy's spelling of an element type, without the byte order.
fn descr(elem: ElemType) -> &'static str {
    match elem {
        ElemType::I1 => "b1",
        ElemType::I8 => "i1",
        ElemType::I16 => "i2",
        ElemType::I32 => "i4",
        ElemType::I64 | ElemType::Index => "i8",
        ElemType::Ui8 => "u1",
        ElemType::Ui16 => "u2",
        ElemType::Ui32 => "u4",
        ElemType::Ui64 => "u8",
        ElemType::F16 => "f2",
        ElemType::Bf16 => "V2",
        ElemType::F32 => "f4",
        ElemType::F64 => "f8",
    }
}

/// The tensor in these bytes, or what is wrong with them.
pub fn from_npy(data: &bytes::Bytes) -> Result<Tensor, String> {
    let (header, start) = header(data)?;
    let descr_text =
        quoted(entry(header, "descr")?).ok_or("the header's 'descr' is not a string: structured types are not supported")?;
    let fortran = match entry(header, "fortran_order")? {
        v if v.starts_with("True") => true,
        v if v.starts_with("False") => false,
        _ => return Err("the header's 'fortran_order' is neither True nor False".into()),
    };
    let shape = shape(entry(header, "shape")?)?;
    let (order, kind) = descr_text.split_at(descr_text.len().min(1));
    let elem = ElemType::ALL
        .into_iter()
        .find(|e| descr(*e) == kind)
        .ok_or_else(|| format!("element type '{descr_text}' is not supported"))?;
    let size = elem.bytes() as usize;
    let count = edge_interp::tensor::count(elem, &shape).ok_or("the shape is too large")? * size;
    let body = data.slice(start..);
    if body.len() != count {
        return Err(format!("the shape asks for {count} bytes of data, and there are {}", body.len()));
    }
    let body = match order {
        ">" if size > 1 => body.chunks_exact(size).flat_map(|c| c.iter().rev().copied()).collect::<Vec<u8>>().into(),
        ">" | "<" | "|" | "=" => body,
        _ => return Err(format!("byte order '{order}' is not known")),
    };
    let body = if fortran && shape.len() > 1 { to_row_major(&body, &shape, size).into() } else { body };
    Tensor::new(elem, &shape, body)
}

/// The tensor as a file of version 1, or 2 where the header is long.
pub fn to_npy(tensor: &Tensor) -> Result<Vec<u8>, String> {
    let order = if tensor.elem().bytes() == 1 { '|' } else { '<' };
    let sizes: String = tensor.shape().iter().map(|d| format!("{d}, ")).collect();
    let sizes = if tensor.shape().len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let mut header = format!("{{'descr': '{order}{}', 'fortran_order': False, 'shape': ({sizes}), }}", descr(tensor.elem()));
    let long = header.len() > 65_000;
    let fixed = MAGIC.len() + 2 + if long { 4 } else { 2 };
    let padding = 64 - (fixed + header.len() + 1) % 64;
    header.extend(std::iter::repeat_n(' ', padding % 64));
    header.push('\n');
    let mut out = Vec::with_capacity(fixed + header.len() + tensor.data().len());
    out.extend_from_slice(MAGIC);
    if long {
        out.extend_from_slice(&[2, 0]);
        out.extend_from_slice(&(header.len() as u32).to_le_bytes());
    } else {
        out.extend_from_slice(&[1, 0]);
        out.extend_from_slice(&(header.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(tensor.data());
    Ok(out)
}

/// The header's text and where the data start.
fn header(data: &[u8]) -> Result<(&str, usize), String> {
    let short = || format!("the file ends inside its header, after {} bytes", data.len());
    if !data.starts_with(MAGIC) {
        return Err("the file does not start as a .npy file does".into());
    }
    let version = *data.get(6).ok_or_else(short)?;
    let (len, start) = match version {
        1 => (u64::from(u16::from_le_bytes(fixed(data, 8).ok_or_else(short)?)), 10),
        2 | 3 => (u64::from(u32::from_le_bytes(fixed(data, 8).ok_or_else(short)?)), 12),
        _ => return Err(format!("version {version} of the .npy format is not known")),
    };
    let end = usize::try_from(start as u64 + len).map_err(|_| short())?;
    let text =
        std::str::from_utf8(data.get(start..end).ok_or_else(short)?).map_err(|_| "the header is not text".to_string())?;
    Ok((text, end))
}

fn fixed<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    data.get(at..at + N)?.try_into().ok()
}

/// The text behind `'key':`.
fn entry<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let missing = || format!("the header has no '{key}'");
    let at = header.find(&format!("'{key}'")).or_else(|| header.find(&format!("\"{key}\""))).ok_or_else(missing)?;
    let rest = header[at + key.len() + 2..].trim_start();
    rest.strip_prefix(':').map(str::trim_start).ok_or_else(missing)
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote).map(|(inner, _)| inner)
}

fn shape(text: &str) -> Result<Vec<i64>, String> {
    let bad = || "the header's 'shape' is not a tuple of sizes".to_string();
    let inner = text.strip_prefix('(').and_then(|t| t.split_once(')')).ok_or_else(bad)?.0;
    inner
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| s.trim_end_matches('L').parse().map_err(|_| bad()))
        .collect()
}

/// Column-major elements in row-major order.
fn to_row_major(data: &[u8], shape: &[i64], size: usize) -> Vec<u8> {
    let mut strides = vec![1usize; shape.len()];
    for d in 1..shape.len() {
        strides[d] = strides[d - 1] * shape[d - 1] as usize;
    }
    let mut index = vec![0i64; shape.len()];
    let mut out = Vec::with_capacity(data.len());
    for _ in 0..data.len() / size {
        let at: usize = index.iter().zip(&strides).map(|(i, s)| *i as usize * s).sum();
        out.extend_from_slice(&data[at * size..][..size]);
        for d in (0..shape.len()).rev() {
            index[d] += 1;
            if index[d] < shape[d] {
                break;
            }
            index[d] = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn written_tensors_read_back() {
        for (elem, shape) in
            [(ElemType::F32, vec![2, 3]), (ElemType::I64, vec![4]), (ElemType::I1, vec![]), (ElemType::Bf16, vec![0, 2])]
        {
            let n = edge_interp::tensor::count(elem, &shape).expect("small") as u64 * elem.bytes();
            let tensor = Tensor::new(elem, &shape, (0..n).map(|i| (i % 2) as u8).collect::<Vec<_>>()).expect("sized");
            let data = to_npy(&tensor).expect("writes");
            assert_eq!(from_npy(&Bytes::from(data)).expect("reads"), tensor);
        }
    }

    #[test]
    fn other_orders_are_normalised() {
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n";
        file.extend_from_slice(&(header.len() as u16).to_le_bytes());
        file.extend_from_slice(header.as_bytes());
        for v in [0i16, 3, 1, 4, 2, 5] {
            file.extend_from_slice(&v.to_be_bytes());
        }
        let tensor = from_npy(&Bytes::from(file)).expect("reads");
        assert_eq!(tensor.to_ints(), Some((0..6).collect()));
    }

    #[test]
    fn damage_is_told() {
        let tensor = Tensor::new(ElemType::F32, &[2], vec![0; 8]).expect("sized");
        let data = to_npy(&tensor).expect("writes");
        for cut in 0..data.len() {
            assert!(from_npy(&Bytes::copy_from_slice(&data[..cut])).is_err(), "cut at {cut}");
        }
    }
}
