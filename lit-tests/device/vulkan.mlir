// RUN: edge-opt %s --pipeline=vulkan | FileCheck %s
// RUN: edge-opt %s --pipeline=vulkan -o %t && edge-opt %t | diff %t -
// RUN: edge-opt %s --pipeline=vulkan --check-semantics -o /dev/null

// CHECK: device.kernel
// CHECK: device.launch
func.func @main(%x: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %0 = nn.softmax %x over [1] : tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}
