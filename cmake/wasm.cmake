# The modules that JavaScript loads: one .js and one .wasm each. One flag in each line, with its reason.
function(wasm_module name sources)
    add_executable(${name} ${sources})
    set_target_properties(${name} PROPERTIES SUFFIX .js RUNTIME_OUTPUT_DIRECTORY ${CMAKE_SOURCE_DIR}/dist/wasm)
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/loader.mjs)
    target_link_options(${name} PRIVATE
        -O3                               # wasm-opt, and a minified loader
        --no-entry                        # a library, not a program
        -sMODULARIZE=1                    # a factory: several engines may live in one page
        -sEXPORT_ES6=1                    # bundlers and workers import it
        -sENVIRONMENT=web,worker,node     # not a shell
        -sFILESYSTEM=0                    # data are passed in memory
        -sALLOW_MEMORY_GROWTH=1           # small pictures stay small
        -sSTACK_SIZE=262144               # codecs keep tables on the stack
        -sMALLOC=dlmalloc                 # few and large blocks: the smallest allocator that gives memory back
        -sABORTING_MALLOC=0               # out of memory is a Status, not the end of the module
        -sDYNAMIC_EXECUTION=0             # no eval: the page's policy needs only 'wasm-unsafe-eval'
        -sINCOMING_MODULE_JS_API=instantiateWasm,locateFile,wasm,print,printErr,threads
        -sEXPORTED_RUNTIME_METHODS=UTF8ToString,HEAPU8)
    # the folder may have been deleted since CMake made it
    add_custom_command(TARGET ${name} PRE_LINK COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_SOURCE_DIR}/dist/wasm)
    add_custom_command(TARGET ${name} POST_BUILD COMMAND node ${CMAKE_SOURCE_DIR}/cmake/loader.mjs $<TARGET_FILE:${name}>)
endfunction()

# The engine, named after the features of the build.
set(variant $<IF:$<BOOL:${ACG_RELAXED_SIMD}>,relaxed,simd>$<$<BOOL:${ACG_THREADS}>:-threads>)
wasm_module(acg2vec cmake/stubs/main.c)
set_target_properties(acg2vec PROPERTIES OUTPUT_NAME acg2vec-${variant})
target_link_libraries(acg2vec PRIVATE -Wl,--whole-archive api -Wl,--no-whole-archive)
target_link_options(acg2vec PRIVATE
    -sINITIAL_MEMORY=33554432         # 32 MiB: the network and a small tile
    -sMEMORY_GROWTH_LINEAR_STEP=16777216 # grow by the requested size, not by a fifth of the current one
    -sMAXIMUM_MEMORY=4294967296)      # the whole 32-bit address space
if(ACG_THREADS)
    target_link_options(acg2vec PRIVATE
        "-sPTHREAD_POOL_SIZE=Module.threads-1" # the caller of acg_init is a worker too
        -sPTHREAD_POOL_SIZE_STRICT=2           # fail if a thread is missing, instead of waiting for ever
        -Wno-pthreads-mem-growth)              # views are re-read after each call; no hot loop runs in JavaScript
endif()

# Colours to sRGB: one build beside all of the engine's.
if(TARGET colour)
    wasm_module(acg2vec_colour cmake/stubs/main.c)
    set_target_properties(acg2vec_colour PROPERTIES OUTPUT_NAME lcms2)
    target_link_libraries(acg2vec_colour PRIVATE colour)
    target_link_options(acg2vec_colour PRIVATE
        -sINITIAL_MEMORY=2097152     # a profile and a band of pixels
        -sMAXIMUM_MEMORY=268435456   # what a hostile profile may make of it
        -sEXPORTED_FUNCTIONS=_colour_open,_colour_convert,_colour_close,_malloc,_free)
endif()

# What the package has of this build: npm run reproducible builds nothing else.
add_custom_target(modules DEPENDS acg2vec $<TARGET_NAME_IF_EXISTS:acg2vec_colour>)
