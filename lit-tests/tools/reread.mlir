// What is printed at each stage is read again, byte for byte, and MLIR gives the generic form back.
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop))' -o %t.1
// RUN: edge-opt %t.1 | diff %t.1 -
// RUN: edge-opt %t.1 --mlir-print-op-generic -o %t.2
// RUN: edge-opt %t.2 --mlir-print-op-generic | diff %t.2 -
// RUN: mlir-opt --allow-unregistered-dialect --mlir-print-op-generic %t.2 | diff %t.2 -
// RUN: edge-opt %s --pipeline=cpu -o %t.3
// RUN: edge-opt %t.3 | diff %t.3 -
// RUN: edge-opt %t.3 --mlir-print-op-generic -o %t.4
// RUN: mlir-opt --allow-unregistered-dialect --mlir-print-op-generic %t.4 | diff %t.4 -
// RUN: edge-opt %s --pipeline=cpu --mlir-disable-threading | diff %t.3 -
// REQUIRES: mlir-opt
func.func @main(%x: tensor<?x8x9x9xf32>, %w: tensor<4x8x3x3xf32>, %b: tensor<4xf32>) -> tensor<?x4x9x9xf32> {
  %0 = nn.conv %x, %w bias %b {low = array<i64: 1, 1>, high = array<i64: 1, 1>} : tensor<?x8x9x9xf32>, tensor<4x8x3x3xf32>, tensor<4xf32>
  %1 = nn.softmax %0 over [1] : tensor<?x4x9x9xf32>
  %2 = nn.relu %1 : tensor<?x4x9x9xf32>
  return %2 : tensor<?x4x9x9xf32>
}
