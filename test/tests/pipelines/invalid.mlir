// What is wrong is told at its place, at every stage alike.
func.func @main(%a: tensor<4x8xf32>, %b: tensor<7x2xf32>) -> tensor<4x2xf32> {
  %0 = nn.matmul %a, %b : tensor<4x8xf32>, tensor<7x2xf32>
  %1 = nn.softmax %0 over [2] : tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}
