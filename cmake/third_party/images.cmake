# Image codecs, only ever used by src/image: zlib and libpng, libwebp's decoder, stb_image (a header).
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
target_compile_options(png PRIVATE -O3)
target_link_libraries(png PUBLIC z)

file(GLOB webp_sources ${LIBWEBP_DIR}/src/dec/*.c ${LIBWEBP_DIR}/src/dsp/*.c ${LIBWEBP_DIR}/src/utils/*.c)
list(FILTER webp_sources EXCLUDE REGEX "(enc|cost|ssim|lossless_enc|neon|msa|mips32|mips_dsp_r2|avx2)[a-z_0-9]*\\.c$")
third_party_library(webp ${webp_sources})
target_include_directories(webp SYSTEM PUBLIC ${LIBWEBP_DIR}/src PRIVATE ${LIBWEBP_DIR})
target_compile_options(webp PRIVATE -O3)

add_library(stb INTERFACE)
target_include_directories(stb SYSTEM INTERFACE ${STB_DIR})
