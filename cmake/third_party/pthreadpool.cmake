# pthreadpool: the one thread pool, ours and XNNPACK's. Its own CMake takes the single-threaded shim on emscripten, always.
if(EMSCRIPTEN AND NOT ACG_THREADS)
    set(sources shim.c)
else()
    set(sources portable-api.c memory.c pthreads.c)
endif()
list(TRANSFORM sources PREPEND ${PTHREADPOOL_DIR}/src/)
third_party_library(pthreadpool ${sources})
target_include_directories(pthreadpool PUBLIC ${PTHREADPOOL_DIR}/include PRIVATE ${PTHREADPOOL_DIR}/src ${FXDIV_DIR}/include)
target_compile_definitions(pthreadpool PRIVATE
    PTHREADPOOL_USE_FUTEX=1 PTHREADPOOL_USE_CONDVAR=0 PTHREADPOOL_USE_GCD=0 PTHREADPOOL_USE_EVENT=0
    PTHREADPOOL_USE_CPUINFO=0 PTHREADPOOL_USE_FASTPATH=0)
if(NOT EMSCRIPTEN)
    target_compile_definitions(pthreadpool PRIVATE _GNU_SOURCE=1)
endif()
