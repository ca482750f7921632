# cmocka, the C tests' runner: one file.
third_party_library(cmocka ${CMOCKA_DIR}/src/cmocka.c)
target_include_directories(cmocka SYSTEM PUBLIC ${CMOCKA_DIR}/include)
# Its header defines its own uintptr_t unless HAVE_UINTPTR_T says that there is one.
target_compile_definitions(cmocka PUBLIC _UINTPTR_T_DEFINED=1 PRIVATE HAVE_SETJMP_H=1 HAVE_SIGNAL_H=1 HAVE_STDLIB_H=1 HAVE_STRING_H=1 HAVE_STDIO_H=1 HAVE_INTTYPES_H=1
    HAVE_STDINT_H=1 HAVE_TIME_H=1 HAVE_CLOCK_REALTIME=1 HAVE_STRUCT_TIMESPEC=1 HAVE_UNISTD_H=1 _GNU_SOURCE=1)
