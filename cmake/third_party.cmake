# Third-party libraries, each compiled from the few sources that the engine calls. Their versions, hashes and origins are in
# third_party.json; the set-up fetches them into the user's cache and writes where they are into build/third_party.cmake.
include(${CMAKE_SOURCE_DIR}/build/third_party.cmake OPTIONAL RESULT_VARIABLE found)
if(NOT found)
    message(FATAL_ERROR "The third-party sources are missing: run `npm run build`, which fetches them.")
endif()

# No warnings for third-party code, and no checks of signed overflow, which damaged files cause in libwebp's DCT and stb.
function(third_party_library name)
    add_library(${name} STATIC ${ARGN})
    target_compile_options(${name} PRIVATE -w)
    if(ACG_SANITIZE)
        target_compile_options(${name} PRIVATE -fno-sanitize=undefined $<$<BOOL:${ACG_FUZZ}>:-fno-sanitize=float-cast-overflow>)
    endif()
endfunction()

include(cmake/third_party/pthreadpool.cmake)
if(NOT ACG_FUZZ)
    include(cmake/third_party/xnnpack.cmake)
endif()
include(cmake/third_party/images.cmake)
# In one of the WebAssembly builds: it is a module of its own, without threads, that all of them share.
if(NOT EMSCRIPTEN OR NOT (ACG_THREADS OR ACG_RELAXED_SIMD))
    include(cmake/third_party/lcms2.cmake)
endif()
