# Image codecs, only ever used by src/image: zlib and libpng, libjpeg-turbo, libwebp, giflib's decoder, stb_image (a header).
set(zlib_sources adler32.c compress.c crc32.c deflate.c infback.c inffast.c inflate.c inftrees.c trees.c uncompr.c zutil.c)
list(TRANSFORM zlib_sources PREPEND ${ZLIB_DIR}/)
third_party_library(z ${zlib_sources})
target_include_directories(z SYSTEM PUBLIC ${ZLIB_DIR})
target_compile_options(z PRIVATE -O3)

set(png_sources png.c pngerror.c pngget.c pngmem.c pngpread.c pngread.c pngrio.c pngrtran.c pngrutil.c pngset.c pngtrans.c
    pngwio.c pngwrite.c pngwtran.c pngwutil.c)
list(TRANSFORM png_sources PREPEND ${LIBPNG_DIR}/)
third_party_library(png ${png_sources})
configure_file(${LIBPNG_DIR}/scripts/pnglibconf.h.prebuilt ${CMAKE_BINARY_DIR}/libpng/pnglibconf.h COPYONLY)
target_include_directories(png SYSTEM PUBLIC ${LIBPNG_DIR} ${CMAKE_BINARY_DIR}/libpng)
target_compile_definitions(png PRIVATE PNG_ARM_NEON_OPT=0 PNG_INTEL_SSE_OPT=0)
target_compile_definitions(png PUBLIC PNG_DISABLE_ADLER32_CHECK_SUPPORTED) # used by decode_png.c
target_compile_options(png PRIVATE -Os) # its time is small compared with zlib and the network
target_link_libraries(png PUBLIC z)

# libjpeg-turbo without its assembler, and without the parts in stubs/jpeg.c.
set(jpeg_sources jcapimin.c jcapistd.c jccoefct.c jccolor.c jcdctmgr.c jchuff.c jcicc.c jcinit.c jcmainct.c jcmarker.c jcmaster.c
    jcomapi.c jcparam.c jcprepct.c jcsample.c jdapimin.c jdapistd.c jdarith.c jdcoefct.c jdcolor.c jddctmgr.c jdhuff.c
    jdicc.c jdinput.c jdmainct.c jdmarker.c jdmaster.c jdphuff.c jdpostct.c jdsample.c jerror.c jfdctflt.c jfdctfst.c
    jfdctint.c jidctflt.c jidctfst.c jidctint.c jidctred.c jutils.c jmemmgr.c jmemnobs.c jaricom.c jsimd_none.c)
list(TRANSFORM jpeg_sources PREPEND ${LIBJPEG-TURBO_DIR}/)
third_party_library(jpeg ${jpeg_sources} ${CMAKE_SOURCE_DIR}/cmake/stubs/jpeg.c)
block() # the variables of its *.in files
    set(JPEG_LIB_VERSION 62)
    set(LIBJPEG_TURBO_VERSION_NUMBER 2001005)
    set(VERSION 2.1.5)
    set(BUILD 0)
    set(CMAKE_PROJECT_NAME libjpeg-turbo)
    set(COPYRIGHT_YEAR 1991-2023)
    set(D_ARITH_CODING_SUPPORTED 1)
    set(BITS_IN_JSAMPLE 8)
    set(INLINE inline)
    set(SIZE_T ${CMAKE_SIZEOF_VOID_P})
    set(HAVE_BUILTIN_CTZL 1)
    foreach(header jconfig jconfigint jversion)
        configure_file(${LIBJPEG-TURBO_DIR}/${header}.h.in ${CMAKE_BINARY_DIR}/libjpeg/${header}.h)
    endforeach()
endblock()
target_include_directories(jpeg SYSTEM PUBLIC ${LIBJPEG-TURBO_DIR} ${CMAKE_BINARY_DIR}/libjpeg)
target_compile_options(jpeg PRIVATE -Os) # its time is negligible compared with the network
target_compile_definitions(jpeg PRIVATE USE_CLZ_INTRINSIC) # not a table of 64 KiB
# The engine decodes and encodes at full size with libjpeg's default DCT. The choice of another one leads to the default too, so
# that the linker drops the others.
set(other_dcts fdct_ifast idct_ifast idct_float)
foreach(side 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16)
    list(APPEND other_dcts idct_${side}x${side})
endforeach()
list(TRANSFORM other_dcts REPLACE "^(.dct)_.*" "jpeg_\\0=jpeg_\\1_islow")
set_source_files_properties(${LIBJPEG-TURBO_DIR}/jddctmgr.c ${LIBJPEG-TURBO_DIR}/jcdctmgr.c PROPERTIES COMPILE_DEFINITIONS "${other_dcts}")

file(GLOB webp_sources ${LIBWEBP_DIR}/src/dec/*.c ${LIBWEBP_DIR}/src/enc/*.c ${LIBWEBP_DIR}/src/dsp/*.c ${LIBWEBP_DIR}/src/utils/*.c
    ${LIBWEBP_DIR}/src/mux/*.c ${LIBWEBP_DIR}/src/demux/*.c ${LIBWEBP_DIR}/sharpyuv/*.c)
list(FILTER webp_sources EXCLUDE REGEX "_(neon|msa|mips32|mips_dsp_r2)\\.c$")
third_party_library(webp ${webp_sources})
target_include_directories(webp SYSTEM PUBLIC ${LIBWEBP_DIR}/src PRIVATE ${LIBWEBP_DIR})
target_compile_options(webp PRIVATE -Os)
target_compile_definitions(webp PRIVATE malloc=guard_webp_malloc calloc=guard_webp_calloc) # src/image/guard_webp.h

set(gif_sources dgif_lib.c gif_err.c gif_hash.c gifalloc.c openbsd-reallocarray.c)
list(TRANSFORM gif_sources PREPEND ${GIFLIB_DIR}/)
third_party_library(gif ${gif_sources})
target_include_directories(gif SYSTEM PUBLIC ${GIFLIB_DIR})
target_compile_options(gif PRIVATE -Os)

add_library(stb INTERFACE)
target_include_directories(stb SYSTEM INTERFACE ${STB_DIR})
