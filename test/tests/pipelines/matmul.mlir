// A contraction whose result is reduced: two kernels and a tensor in the arena between them.
func.func @main(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>) -> tensor<4x16xf32> {
  %0 = nn.matmul %a, %b : tensor<4x8xf32>, tensor<8x16xf32>
  %1 = nn.softmax %0 over [1] : tensor<4x16xf32>
  return %1 : tensor<4x16xf32>
}
