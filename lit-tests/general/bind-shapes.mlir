// RUN: edge-opt %s --bind-shapes=x=2x8 --check-semantics -o /dev/null
// RUN: edge-opt %s --bind-shapes=x=2x8 | FileCheck %s
// RUN: not edge-opt %s --bind-shapes=y=2x8 2>&1 | FileCheck %s --check-prefix=NAME

// CHECK: func.func @main(%arg0: tensor<2x8xf32> {edge.name = "x"}) -> tensor<2x8xf32>
// CHECK: nn.softmax %{{.*}} over [1] : tensor<2x8xf32>
// NAME: error[{{E[0-9]+}}]
func.func @main(%x: tensor<?x8xf32> {edge.name = "x"}) -> tensor<?x8xf32> {
  %0 = nn.softmax %x over [1] : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
