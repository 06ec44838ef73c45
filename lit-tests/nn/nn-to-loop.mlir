// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop))' --check-semantics -o /dev/null

// The rows are the outer loop; what lies between the statements is a scalar or a tile of one row.
// CHECK-LABEL: func.func @softmax
// CHECK:       loop.nest ins(
// CHECK:         loop.for %[[N:.*]] = 0 to 3 {parallel}
// CHECK:           %[[MAX:.*]] = loop.for {{.*}} reduce ["maximum"]
// CHECK:           %[[ROW:.*]] = loop.stage : !loop.view<64xf32>
// CHECK:           math.exp
// CHECK:           loop.write %{{.*}}, %[[ROW]]
// CHECK:           reduce ["add"]
// CHECK:           arith.divf
func.func @softmax(%x: tensor<3x64xf32>) -> tensor<3x64xf32> {
  %0 = nn.softmax %x over [1] : tensor<3x64xf32>
  return %0 : tensor<3x64xf32>
}

// A padded read is guarded; a reshape is a view.
// CHECK-LABEL: func.func @conv
// CHECK:       loop.reshape %{{.*}} : tensor<2x25xf32> to tensor<1x2x5x5xf32>
// CHECK:       loop.read {{.*}} if #{{.*}} else
func.func @conv(%x: tensor<2x25xf32>, %w: tensor<4x2x3x3xf32>) -> tensor<1x4x5x5xf32> {
  %0 = nn.reshape %x to [1, 2, 5, 5] : tensor<2x25xf32>
  %1 = nn.conv %0, %w {low = array<i64: 1, 1>, high = array<i64: 1, 1>} : tensor<1x2x5x5xf32>, tensor<4x2x3x3xf32>
  return %1 : tensor<1x4x5x5xf32>
}
