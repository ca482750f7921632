# Run behind the linker on the loader of a build with threads: `cmake -Dfile=… -P cmake/inline_worker_options.cmake`.
# Bundlers read a worker's options only where they stand in the call itself. Newer emscriptens write them so; on those this
# changes nothing.
file(READ ${file} text)
string(REGEX REPLACE "var workerOptions=({[^}]*});worker=new Worker\\(([^;]*),workerOptions\\)" "worker=new Worker(\\2,\\1)" text "${text}")
if(text MATCHES "new Worker\\([^;]*,workerOptions\\)")
    message(FATAL_ERROR "emscripten writes its worker's options in a way that bundlers cannot read and this script does not know.")
endif()
file(WRITE ${file} "${text}")
