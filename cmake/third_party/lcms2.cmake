# lcms2, only ever used by src/colour, without its plug-ins and without locks: one thread uses it.
file(GLOB lcms2_sources ${LCMS2_DIR}/src/*.c)
third_party_library(lcms2 ${lcms2_sources})
target_include_directories(lcms2 SYSTEM PUBLIC ${LCMS2_DIR}/include)
target_compile_definitions(lcms2 PRIVATE CMS_NO_PTHREADS)
target_compile_options(lcms2 PRIVATE -Os)
if(EMSCRIPTEN) # what runs for every pixel
    foreach(name cmsintrp cmsopt cmspack cmsxform)
        set_source_files_properties(${LCMS2_DIR}/src/${name}.c PROPERTIES COMPILE_OPTIONS -O3)
    endforeach()
endif()
