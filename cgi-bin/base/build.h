/*
 * base/build.h: which build this program is.
 */
#ifndef BASE_BUILD_H
#define BASE_BUILD_H

#define BUILD_HEX_SIZE 65 /* the linker's id has 20 bytes; room for 32 */

/* The linker's digest of this program's code and data (ELF build id) in hex: another program text,
 * template or table gives another id. "" when it was linked without one. */
const char *build_id(void);

#endif
