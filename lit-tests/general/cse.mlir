// RUN: not edge-opt %s --cse=x=1 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `cse` has no option `x`
// RUN: edge-opt %s --cse | FileCheck %s
// RUN: edge-opt %s --cse --check-semantics -o /dev/null

// CHECK:     nn.relu
// CHECK-NOT: nn.relu
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : tensor<4xf32>
  %1 = nn.relu %x : tensor<4xf32>
  %2 = nn.add %0, %1 : tensor<4xf32>, tensor<4xf32>
  return %2 : tensor<4xf32>
}
