// RUN: edge-opt %s --canonicalize | FileCheck %s
// RUN: edge-opt %s --canonicalize --check-semantics -o /dev/null

// CHECK-LABEL: func.func @integers
// CHECK-SAME:    (%[[X:.*]]: i32)
// CHECK-NOT:     arith
// CHECK:         return %[[X]], %[[X]], %[[X]], %[[X]]
func.func @integers(%x: i32) -> (i32, i32, i32, i32) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %ones = arith.constant -1 : i32
  %0 = arith.addi %c0, %x : i32
  %1 = arith.subi %0, %c0 : i32
  %2 = arith.muli %1, %c1 : i32
  %3 = arith.divsi %2, %c1 : i32
  %4 = arith.divui %3, %c1 : i32
  %5 = arith.shli %4, %c0 : i32
  %6 = arith.andi %5, %ones : i32
  %7 = arith.ori %6, %c0 : i32
  %8 = arith.xori %7, %c0 : i32
  %9 = arith.floordivsi %8, %c1 : i32
  %10 = arith.ceildivsi %9, %c1 : i32
  return %x, %2, %8, %10 : i32, i32, i32, i32
}

// CHECK-LABEL: func.func @nothing_is_left
// CHECK:         %[[ZERO:.*]] = arith.constant 0 : i16
// CHECK-NEXT:    %[[ONES:.*]] = arith.constant -1 : i16
// CHECK-NEXT:    return %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ONES]]
func.func @nothing_is_left(%x: i16) -> (i16, i16, i16, i16, i16) {
  %c0 = arith.constant 0 : i16
  %c1 = arith.constant 1 : i16
  %ones = arith.constant -1 : i16
  %0 = arith.subi %x, %x : i16
  %1 = arith.muli %x, %c0 : i16
  %2 = arith.remsi %x, %c1 : i16
  %3 = arith.xori %x, %x : i16
  %4 = arith.ori %x, %ones : i16
  return %0, %1, %2, %3, %4 : i16, i16, i16, i16, i16
}

// Rules bring constants together, and they fold.
// CHECK-LABEL: func.func @constants_meet
// CHECK-SAME:    (%[[X:.*]]: index)
// CHECK:         %[[C:.*]] = arith.constant 60 : index
// CHECK:         %[[A:.*]] = arith.constant 9 : index
// CHECK:         %[[P:.*]] = arith.muli %[[X]], %[[C]] : index
// CHECK:         %[[S:.*]] = arith.addi %[[X]], %[[A]] : index
// CHECK:         return %[[P]], %[[S]]
func.func @constants_meet(%x: index) -> (index, index) {
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c5 = arith.constant 5 : index
  %0 = arith.muli %x, %c3 : index
  %1 = arith.muli %c4, %0 : index
  %2 = arith.muli %1, %c5 : index
  %3 = arith.addi %x, %c3 : index
  %4 = arith.addi %3, %c4 : index
  %5 = arith.subi %4, %c3 : index
  %6 = arith.addi %5, %c5 : index
  return %2, %6 : index, index
}

// Two factors of which one is no constant stay where they are.
// CHECK-LABEL: func.func @condition_not_met
// CHECK-COUNT-2: arith.muli
func.func @condition_not_met(%x: i32, %y: i32) -> i32 {
  %c3 = arith.constant 3 : i32
  %0 = arith.muli %x, %y : i32
  %1 = arith.muli %0, %c3 : i32
  return %1 : i32
}

// CHECK-LABEL: func.func @floats
// CHECK-SAME:    (%[[X:.*]]: f32)
// CHECK-NEXT:    return %[[X]]
func.func @floats(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %minus = arith.constant -0.0 : f32
  %one = arith.constant 1.0 : f32
  %0 = arith.addf %x, %minus : f32
  %1 = arith.subf %0, %zero : f32
  %2 = arith.mulf %1, %one : f32
  %3 = arith.divf %2, %one : f32
  %4 = arith.negf %3 : f32
  %5 = arith.negf %4 : f32
  return %5 : f32
}

// -0.0 + 0.0 is 0.0, and -0.0 - -0.0 too.
// CHECK-LABEL: func.func @signs_of_zeros
// CHECK:         arith.addf
// CHECK:         arith.subf
func.func @signs_of_zeros(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %minus = arith.constant -0.0 : f32
  %0 = arith.addf %x, %zero : f32
  %1 = arith.subf %0, %minus : f32
  return %1 : f32
}

// CHECK-LABEL: func.func @widths
// CHECK-SAME:    (%[[X:.*]]: i8, %[[I:.*]]: index
// CHECK:         %[[W:.*]] = arith.extsi %[[X]] : i8 to i64
// CHECK:         %[[N:.*]] = arith.index_cast %[[I]] : index to i32
// CHECK:         %[[B:.*]] = arith.index_cast %[[N]] : i32 to index
// CHECK:         return %[[X]], %[[W]], %[[X]], %[[B]]
func.func @widths(%x: i8, %i: index, %c: i1) -> (i8, i64, i8, index) {
  %0 = arith.extui %x : i8 to i32
  %1 = arith.trunci %0 : i32 to i8
  %2 = arith.extsi %x : i8 to i32
  %3 = arith.extsi %2 : i32 to i64
  %4 = arith.select %c, %x, %1 : i8
  // An index may have more bits than i32.
  %5 = arith.index_cast %i : index to i32
  %6 = arith.index_cast %5 : i32 to index
  return %1, %3, %4, %6 : i8, i64, i8, index
}

// CHECK-LABEL: func.func @tensors
// CHECK-SAME:    (%[[X:.*]]: tensor<2x3xf32>, %[[N:.*]]: tensor<2x3xi32>)
// CHECK-NOT:     nn.
// CHECK:         return %[[X]], %[[N]]
func.func @tensors(%x: tensor<2x3xf32>, %n: tensor<2x3xi32>) -> (tensor<2x3xf32>, tensor<2x3xi32>) {
  %minus = nn.constant dense<-0.0> : tensor<f32>
  %zero = nn.constant dense<0.0> : tensor<3xf32>
  %one = nn.constant dense<1.0> : tensor<2x3xf32>
  %0 = nn.add %x, %minus : tensor<2x3xf32>, tensor<f32>
  %1 = nn.sub %0, %zero : tensor<2x3xf32>, tensor<3xf32>
  %2 = nn.mul %1, %one : tensor<2x3xf32>, tensor<2x3xf32>
  %3 = nn.div %2, %one : tensor<2x3xf32>, tensor<2x3xf32>
  %4 = nn.transpose %3 by [1, 0] : tensor<2x3xf32>
  %5 = nn.transpose %4 by [1, 0] : tensor<3x2xf32>
  %6 = nn.reshape %5 to [6] : tensor<2x3xf32>
  %7 = nn.reshape %6 to [2, -1] : tensor<6xf32>
  %8 = nn.unsqueeze %7 at [0] : tensor<2x3xf32>
  %9 = nn.squeeze %8 at [0] : tensor<1x2x3xf32>
  %10 = nn.cast %9 to f32 : tensor<2x3xf32>
  %11 = nn.concat %10 along 1 : tensor<2x3xf32>
  %i0 = nn.constant dense<0> : tensor<i32>
  %i1 = nn.constant dense<1> : tensor<3xi32>
  %12 = nn.add %n, %i0 : tensor<2x3xi32>, tensor<i32>
  %13 = nn.mul %i1, %12 : tensor<3xi32>, tensor<2x3xi32>
  %14 = nn.div %13, %i1 : tensor<2x3xi32>, tensor<3xi32>
  return %11, %14 : tensor<2x3xf32>, tensor<2x3xi32>
}

// CHECK-LABEL: func.func @permutations
// CHECK-SAME:    (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK-NEXT:    %[[Y:.*]] = nn.transpose %[[X]] by [2, 0, 1] : tensor<2x3x4xf32>
// CHECK-NEXT:    return %[[Y]]
func.func @permutations(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = nn.transpose %x by [1, 2, 0] : tensor<2x3x4xf32>
  %1 = nn.transpose %0 by [1, 2, 0] : tensor<3x4x2xf32>
  return %1 : tensor<4x2x3xf32>
}

// A broadcast is none of these: the result is larger. 0.0 makes 0.0 of -0.0. The second shape takes an extent from the first.
// Extents that are not known may have changed places.
// CHECK-LABEL: func.func @stay
// CHECK:         nn.mul
// CHECK:         nn.add
// CHECK:         nn.reshape
// CHECK:         nn.reshape
// CHECK:         nn.reshape
func.func @stay(%x: tensor<3xf32>, %y: tensor<2x6xf32>, %z: tensor<?x?xf32>)
    -> (tensor<2x3xf32>, tensor<3xf32>, tensor<4x1x3xf32>, tensor<?x?xf32>) {
  %one = nn.constant dense<1.0> : tensor<2x3xf32>
  %zero = nn.constant dense<0.0> : tensor<3xf32>
  %0 = nn.mul %x, %one : tensor<3xf32>, tensor<2x3xf32>
  %1 = nn.add %x, %zero : tensor<3xf32>, tensor<3xf32>
  %2 = nn.reshape %y to [4, 3] : tensor<2x6xf32>
  %3 = nn.reshape %2 to [-2, 1, 3] : tensor<4x3xf32>
  %4 = nn.reshape %z to [-2, -1] : tensor<?x?xf32>
  return %0, %1, %3, %4 : tensor<2x3xf32>, tensor<3xf32>, tensor<4x1x3xf32>, tensor<?x?xf32>
}

// CHECK-LABEL: func.func @zeros
// CHECK:         %[[Z:.*]] = nn.constant dense<0> : tensor<2x3xi32>
// CHECK-NEXT:    %[[R:.*]] = nn.relu %{{.*}} : tensor<4xf32>
// CHECK-NEXT:    return %[[Z]], %[[Z]], %[[R]]
func.func @zeros(%x: tensor<2x3xi32>, %y: tensor<4xf32>) -> (tensor<2x3xi32>, tensor<2x3xi32>, tensor<4xf32>) {
  %zero = nn.constant dense<0> : tensor<2x3xi32>
  %0 = nn.mul %x, %zero : tensor<2x3xi32>, tensor<2x3xi32>
  %1 = nn.sub %x, %x : tensor<2x3xi32>, tensor<2x3xi32>
  %2 = nn.relu %y : tensor<4xf32>
  %3 = nn.relu %2 : tensor<4xf32>
  return %0, %1, %3 : tensor<2x3xi32>, tensor<2x3xi32>, tensor<4xf32>
}
