# emcc is a Python program that starts clang: half a second more for each of the 500 files of a build. It is asked once for
# the command, for C and for C++, and CMake then runs clang directly. emcc still links.
function(compile_with_clang language compiler suffix)
    set(probe ${CMAKE_BINARY_DIR}/CMakeFiles/probe.${suffix})
    file(WRITE ${probe} "int probe;\n")
    if(ACG_THREADS)
        set(threads -pthread)
    else()
        set(threads)
    endif()
    execute_process(COMMAND ${compiler} ${threads} "-###" -c ${probe} -o probe.o OUTPUT_QUIET ERROR_VARIABLE said RESULT_VARIABLE failed)
    string(REGEX MATCH "^[^\n]*clang[^\n]*" command "${said}")
    separate_arguments(words UNIX_COMMAND "${command}")
    list(REMOVE_ITEM words "-###" -c ${probe} -o probe.o)
    if(failed OR NOT words)
        return() # an emcc with another output: it compiles itself
    endif()
    list(JOIN words " " command)
    set(CMAKE_${language}_COMPILE_OBJECT "${command} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>" PARENT_SCOPE)
endfunction()

compile_with_clang(C ${CMAKE_C_COMPILER} c)
compile_with_clang(CXX ${CMAKE_CXX_COMPILER} cc)
