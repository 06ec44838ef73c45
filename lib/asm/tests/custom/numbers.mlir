module {
  func.func @f(%arg0: complex<f32>, %arg1: i32, %arg2: index, %arg3: tensor<4xcomplex<f32>>) {
    %cst = complex.constant [1.000000e+00 : f32, 2.000000e+00 : f32] : complex<f32>
    %0 = complex.powi %arg0, %arg1 fastmath<fast> : complex<f32>, i32
    %1 = complex.powi %arg0, %arg1 : complex<f32>, i32
    %2 = complex.im %arg0 fastmath<nnan> : complex<f32>
    %3 = complex.im %arg0 {a.b = 1 : i64} : complex<f32>
    %4 = complex.eq %arg0, %arg0 : complex<f32>
    %5 = complex.bitcast %arg0 : complex<f32> to i64
    %idx4 = index.constant 4
    %true = index.bool.constant true
    %6 = index.cmp slt(%arg2, %arg2)
    %7 = index.sizeof
    %8 = index.castu %arg2 : index to i32
    %idx-4 = index.constant -4
    "t.x"() {a = #complex.number<:f64 1.000000e+00, 2.000000e+00> : complex<f64>, b = #complex.number<:f32 0.000000e+00, -2.000000e+00> : complex<f32>, c = dense<(1.000000e+00,2.000000e+00)> : tensor<2xcomplex<f32>>} : () -> ()
    return
  }
}

