//! A producer put in the place of a load: the left side is inverted, and what movement undoes falls away by itself.

use edge_dialect::core::Node;
use edge_dialect::eval::{Arguments, DimArg, StaticValue, TensorArg, instantiate, parse_op};

/// Inlines `t` into `y` and prints the body of `y`.
fn composed(op: &str, args: &Arguments) -> String {
    let mut program = instantiate(&parse_op(op).unwrap(), args).unwrap().program;
    let defs = program.defs();
    let [producer, consumer] = &defs[..] else { panic!("two statements") };
    let body = program.rewrite(consumer.body, &mut |p, e| match p.node(e).clone() {
        Node::Load(load) if load.buf == producer.buf => {
            let inverse = p.invert(producer, &load.idx).unwrap();
            Some(p.substitute(producer.body, &inverse))
        }
        _ => None,
    });
    program.show(body).to_string()
}

fn arguments(shape: &[DimArg], attrs: &[(&str, i64)]) -> Arguments {
    let mut x = TensorArg::new(edge_dialect::core::ElemType::F32, &[]);
    x.shape = shape.to_vec();
    let attrs = attrs.iter().map(|(n, v)| (n.to_string(), StaticValue::Int(*v))).collect();
    Arguments { operands: vec![vec![x]], attrs, ..Arguments::default() }
}

#[test]
fn inverse_movements_cancel() {
    use DimArg::{Dynamic, Static};
    let shuffle = "op f(x[G*C, I..]) {G} -> t[G*C, I], y[G*C, I] { t[c*G+g, i] = x[g*C+c, i]  y[g*C+c, i] = t[c*G+g, i] }";
    assert_eq!(composed(shuffle, &arguments(&[Static(6), Static(4)], &[("G", 2)])), "x[g*3 + c, i]");
    assert_eq!(composed(shuffle, &arguments(&[Dynamic(0), Static(4)], &[("G", 2)])), "x[?0 // 2*g + c, i]");
    let flatten = "op f(x[X..]) -> t[vol(X)], y[X] { t[lin((i < X), X)] = x[i]  y[(j < X)] = t[lin(j, X)] }";
    assert_eq!(composed(flatten, &arguments(&[Static(2), Static(3), Static(4)], &[])), "x[j0, j1, j2]");
    assert_eq!(composed(flatten, &arguments(&[Dynamic(0), Static(3), Dynamic(1)], &[])), "x[j0, j1, j2]");
    let depth = "op f(x[C, H*B, W*B]) {B} -> t[B*B*C, H, W], y[C, H*B, W*B] {
        t[((p < B)*B+(q < B))*C+c, h, w] = x[c, h*B+p, w*B+q]  y[c, h*B+(p < B), w*B+(q < B)] = t[(p*B+q)*C+c, h, w] }";
    assert_eq!(composed(depth, &arguments(&[Static(3), Static(4), Static(6)], &[("B", 2)])), "x[c, h*2 + p, w*2 + q]");
}
