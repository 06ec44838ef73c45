func.func @right(%i: i32, %s: i64, %f: f32, %t: tensor<4xf32>, %u: tensor<*xi1>, %b: i8) {
  %0 = "own.either"(%i) : (i32) -> index
  %1 = "own.either"(%s) : (i64) -> f32
  %2 = "own.either"(%f) : (f32) -> f64
  %3 = "own.either"(%t) : (tensor<4xf32>) -> bf16
  %4 = "own.either"(%u) : (tensor<*xi1>) -> f32
  %5 = "own.same"(%f, %f) : (f32, f32) -> f32
  %6 = "own.same"(%b, %b) : (i8, i8) -> i8
  %7 = "own.same"(%t, %t) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  "own.any"(%u) : (tensor<*xi1>) -> ()
  return
}

// -----

func.func @not_one_of_them(%x: index) {
  // expected-error @below {{does not satisfy the constraint}}
  %0 = "own.either"(%x) : (index) -> f32
  return
}

// -----

func.func @two_types(%a: f32, %b: f64) {
  // expected-error @below {{expected 'f32' but got 'f64'}}
  %0 = "own.same"(%a, %b) : (f32, f64) -> f32
  return
}

// -----

func.func @not_in_the_list(%a: i32) {
  // expected-error @below {{does not satisfy the constraint}}
  %0 = "own.same"(%a, %a) : (i32, i32) -> i32
  return
}
