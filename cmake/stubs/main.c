// The module is a library; this file only gives the linker something to link.
