// Some of XNNPACK's WebAssembly micro-kernels include this header and use nothing of it but the intrinsics below.
#include <wasm_simd128.h>
