module {
  func.func private @decl(i32 {a.x}, tensor<?xf32>) -> (i32 {a.y = 1 : i32}, f32) attributes {a.z}
  func.func nested @nest(%arg0: (i32) -> f32, %arg1: i32) -> f32 {
    %0 = call_indirect %arg0(%arg1) : (i32) -> f32
    %f = constant @decl : (i32, tensor<?xf32>) -> (i32, f32)
    %c4 = arith.constant 4 : index
    %1 = tensor.empty(%c4) : tensor<?xf32>
    %2:2 = call @decl(%arg1, %1) {no_inline} : (i32, tensor<?xf32>) -> (i32, f32)
    return %0 : f32
  }
  func.func @mathall(%arg0: f32, %arg1: vector<[4]xf16>, %arg2: i8, %arg3: tensor<2xbf16>, %arg4: index) {
    %0 = math.acosh %arg0 : f32
    %1 = math.asinh %arg1 fastmath<fast> : vector<[4]xf16>
    %2 = math.atanh %arg3 {x.y} : tensor<2xbf16>
    %3 = math.erfc %arg0 : f32
    %4 = math.clampf %arg0 to [%arg0, %arg0] : f32
    %5 = math.isinf %arg0 : f32
    %6 = math.isnormal %arg1 : vector<[4]xf16>
    %7 = math.isnan %arg3 : tensor<2xbf16>
    %8 = math.isfinite %arg0 : f32
    %sin, %cos = math.sincos %arg0 fastmath<fast> : f32
    %9 = math.fpowi %arg0, %arg2 : f32, i8
    %10 = math.ipowi %arg2, %arg2 : i8
    %11 = math.ctlz %arg2 : i8
    %12 = math.fma %arg0, %arg0, %arg0 fastmath<contract> : f32
    %13 = math.copysign %arg0, %arg0 : f32
    %14 = math.absi %arg2 : i8
    %15 = math.roundeven %arg0 : f32
    %16 = math.trunc %arg0 : f32
    %17 = math.ctpop %arg4 : index
    return
  }
  func.func @arithall(%arg0: f32, %arg1: i32, %arg2: vector<4xi32>, %arg3: i1, %arg4: vector<4xi1>, %arg5: vector<4xf32>, %arg6: f16, %arg7: f8E8M0FNU) {
    %0 = arith.addi %arg1, %arg1 overflow<nsw> : i32
    %1 = arith.addi %arg1, %arg1 overflow<nsw, nuw> {x.y} : i32
    %2 = arith.truncf %arg0 to_nearest_even fastmath<fast> : f32 to f16
    %3 = arith.extf %arg6 fastmath<nnan> : f16 to f32
    %4 = arith.select %arg3, %arg2, %arg2 : vector<4xi32>
    %5 = arith.select %arg4, %arg2, %arg2 : vector<4xi1>, vector<4xi32>
    %6 = arith.cmpf uno, %arg0, %arg0 fastmath<fast> : f32
    %7 = arith.cmpi ugt, %arg2, %arg2 : vector<4xi32>
    %cst = arith.constant dense<[1, 2, 3, 4]> : vector<4xi32>
    %cst_0 = arith.constant {x.y = 1 : i64} 3.500000e+00 : f64
    %8 = arith.divsi %arg1, %arg1 exact : i32
    %9 = arith.shrui %arg1, %arg1 exact {a.b} : i32
    %10 = arith.scaling_truncf %arg0, %arg7 : f32, f8E8M0FNU to f8E5M2
    %11 = arith.scaling_truncf %arg0, %arg7 downward fastmath<fast> : f32, f8E8M0FNU to f8E5M2
    %12 = arith.extui %arg1 : i32 to i64
    %13 = arith.uitofp %arg1 : i32 to f32
    %14 = arith.bitcast %arg2 : vector<4xi32> to vector<4xf32>
    %15 = arith.trunci %arg1 : i32 to i16
    %false = arith.constant false
    %c-3_i3 = arith.constant -3 : i3
    %16 = arith.fptosi %arg5 : vector<4xf32> to vector<4xi8>
    %17 = arith.minnumf %arg5, %arg5 fastmath<nnan,nsz> : vector<4xf32>
    return
  }
  func.func @cfall(%arg0: i1, %arg1: i32, %arg2: f32) -> f32 {
    cf.assert %arg0, "message with \22quotes\22" {x.y}
    cf.cond_br %arg0 weights([3, 5]), ^bb1(%arg2 : f32), ^bb2(%arg1, %arg1 : i32, i32)
  ^bb1(%0: f32):  // 2 preds: ^bb0, ^bb1
    cf.switch %arg1 : i32, [
      default: ^bb3,
      1: ^bb1(%arg2 : f32),
      4294967294: ^bb2(%arg1, %arg1 : i32, i32)
    ] {x.y}
  ^bb2(%1: i32, %2: i32):  // 2 preds: ^bb0, ^bb1
    cf.switch %arg1 : i32, [
      default: ^bb3]
  ^bb3:  // 2 preds: ^bb1, ^bb2
    cf.br ^bb4(%arg2 : f32) {a.b = 2 : i64}
  ^bb4(%3: f32):  // pred: ^bb3
    return %3 : f32
  }
  func.func @scfall(%arg0: i1, %arg1: index, %arg2: f32, %arg3: i32, %arg4: tensor<?xf32>) -> f32 {
    %c0 = arith.constant 0 : index
    %0 = scf.execute_region -> f32 {
      cf.br ^bb1
    ^bb1:  // pred: ^bb0
      scf.yield %arg2 : f32
    } {a.b}
    %1:2 = scf.for %arg5 = %c0 to %arg1 step %arg1 iter_args(%arg6 = %arg2, %arg7 = %arg2) -> (f32, f32) {
      scf.yield %arg7, %arg6 : f32, f32
    } {a.b}
    scf.for unsigned %arg5 = %arg3 to %arg3 step %arg3  : i32 {
    }
    %2 = scf.if %arg0 -> (f32) {
      scf.yield %arg2 : f32
    } else {
      scf.yield %0 : f32
    } {x.y}
    scf.if %arg0 {
    } else {
      scf.execute_region {
        scf.yield
      }
    }
    %3 = scf.while (%arg5 = %arg2) : (f32) -> i32 {
      scf.condition(%arg0) %arg3 : i32
    } do {
    ^bb0(%arg5: i32):
      scf.yield %arg2 : f32
    } attributes {a.b}
    scf.while : () -> () {
      scf.condition(%arg0)
    } do {
      scf.yield
    }
    %4:2 = scf.parallel (%arg5, %arg6) = (%c0, %c0) to (%arg1, %arg1) step (%arg1, %arg1) init (%arg2, %arg3) -> (f32, i32) {
      scf.reduce(%arg2, %arg3 : f32, i32) {
      ^bb0(%arg7: f32, %arg8: f32):
        scf.reduce.return %arg7 : f32
      }, {
      ^bb0(%arg7: i32, %arg8: i32):
        %7 = arith.addi %arg7, %arg8 : i32
        scf.reduce.return %7 : i32
      }
    } {a.b}
    scf.parallel (%arg5) = (%c0) to (%arg1) step (%arg1) {
      scf.reduce 
    }
    %5 = scf.index_switch %arg1 {a.b} -> f32 
    case 2 {
      scf.yield %arg2 : f32
    }
    case -5 {
      scf.yield %arg2 : f32
    }
    default {
      scf.yield %arg2 : f32
    }
    %6 = scf.forall (%arg5, %arg6) = (0, %c0) to (%arg1, 4) step (1, %arg1) shared_outs(%arg7 = %arg4) -> (tensor<?xf32>) {
      %extracted_slice = tensor.extract_slice %arg7[%arg5] [1] [1] : tensor<?xf32> to tensor<1xf32>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %extracted_slice into %arg7[%arg5] [1] [1] : tensor<1xf32> into tensor<?xf32>
      }
    } {a.b = 1 : i64}
    scf.forall (%arg5, %arg6) in (%arg1, 4) {
      "a.b"(%arg5) : (index) -> ()
    } {mapping = [#gpu.thread<x>, #gpu.thread<y>]}
    return %arg2 : f32
  }
  func.func @uball() {
    %0 = ub.poison : i32
    %1 = ub.poison : tensor<4xf32>
    ub.unreachable
  }
}

