# XNNPACK: only the operators that ops/*_xnn.c call, with the f32 micro-kernels of the target. XNNPACK's own CMake does not
# support WebAssembly and compiles thousands of files. Unused functions may reference missing symbols: the linker drops
# them.
function(xnn_microkernels isa pattern out)
    file(STRINGS ${XNNPACK_DIR}/cmake/gen/${isa}_microkernels.cmake lines)
    set(production FALSE)
    set(found)
    foreach(line IN LISTS lines)
        if(line MATCHES "^SET\\(PROD_")
            set(production TRUE)
        elseif(line MATCHES "^SET\\(")
            set(production FALSE)
        endif()
        string(REGEX REPLACE "[ )]" "" path "${line}")
        if(production AND path MATCHES "^src/.*(${pattern})")
            list(APPEND found ${path})
        endif()
    endforeach()
    set(${out} ${found} PARENT_SCOPE)
endfunction()

set(kernels "f32-gemm/|f32-igemm/|x32-packw/")
xnn_microkernels(scalar ${kernels} scalar_sources)
if(EMSCRIPTEN)
    xnn_microkernels(wasmsimd ${kernels} simd_sources)
    if(ACG_RELAXED_SIMD)
        xnn_microkernels(wasmrelaxedsimd ${kernels} relaxed_sources)
    endif()
else()
    # Natively the baseline of x86-64 is enough: this build is for sanitizers and debuggers, not for speed.
    xnn_microkernels(sse ${kernels} simd_sources)
    xnn_microkernels(sse2 ${kernels} sse2_sources)
    # Never used, but referenced in tables.
    xnn_microkernels(avx ${kernels} avx_sources)
    xnn_microkernels(fma3 ${kernels} fma3_sources)
endif()
set(microkernels ${scalar_sources} ${simd_sources} ${relaxed_sources} ${sse2_sources} ${avx_sources} ${fma3_sources})

set(sources
    src/operators/convolution-nhwc.c
    src/operators/deconvolution-nhwc.c
    src/operators/fully-connected-nc.c
    src/configs/gemm-config.c
    src/configs/hardware-config.c
    src/configs/experiments-config.c
    src/reference/packing.cc
    src/allocator.c
    src/cache.c
    src/datatype.c
    src/indirection.c
    src/init.c
    src/log.c
    src/memory.c
    src/microkernel-utils.c
    src/microparams-init.c
    src/mutex.c
    src/operator-delete.c
    src/operator-run.c
    src/operator-utils.c
    src/params.c
    src/enums/allocation-type.c
    src/enums/datatype-strings.c
    src/enums/microkernel-type.c
    src/enums/operator-type.c)
list(TRANSFORM sources PREPEND ${XNNPACK_DIR}/)
list(TRANSFORM microkernels PREPEND ${XNNPACK_DIR}/)
third_party_library(xnnpack ${sources} ${microkernels} ${CMAKE_SOURCE_DIR}/cmake/stubs/xnnpack.c)
target_compile_options(xnnpack PRIVATE -O3 -fno-math-errno -ffp-contract=off)
list(TRANSFORM avx_sources PREPEND ${XNNPACK_DIR}/)
list(TRANSFORM fma3_sources PREPEND ${XNNPACK_DIR}/)
set_source_files_properties(${avx_sources} PROPERTIES COMPILE_OPTIONS -mavx)
set_source_files_properties(${fma3_sources} PROPERTIES COMPILE_OPTIONS "-mavx;-mfma")
target_include_directories(xnnpack PRIVATE ${CMAKE_SOURCE_DIR}/cmake/stubs ${XNNPACK_DIR} ${XNNPACK_DIR}/src ${FP16_DIR}/include ${FXDIV_DIR}/include)
target_include_directories(xnnpack SYSTEM PUBLIC ${XNNPACK_DIR}/include)
target_link_libraries(xnnpack PUBLIC pthreadpool)
set(off ASSEMBLY SPARSE DWCONV_MULTIPASS KLEIDIAI HVX RISCV_VECTOR VSX ARM_BF16 ARM_DOTPROD ARM_FP16_SCALAR
    ARM_FP16_VECTOR ARM_I8MM ARM_SME ARM_SME2 AVX256SKX AVX256VNNI AVX256VNNIGFNI AVX512AMX AVX512F AVX512FP16 AVX512SKX
    AVX512VBMI AVX512VNNI AVX512VNNIGFNI AVXVNNI AVXVNNIINT8)
list(TRANSFORM off REPLACE "(.+)" "XNN_ENABLE_\\1=0")
# cpuinfo is not used; in native builds a stub replaces it.
target_compile_definitions(xnnpack PRIVATE NDEBUG XNN_ENABLE_CPUINFO=$<NOT:$<BOOL:${EMSCRIPTEN}>> XNN_LOG_LEVEL=0 XNN_ENABLE_MEMOPT=1 XNN_ENABLE_GEMM_M_SPECIALIZATION=1 ${off})
