/* base/build.c: see base/build.h. The id stands in a note that the linker puts into the file and
 * the loader maps with the rest. */
#include "base/build.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NOTE_ALIGN(size) (((size_t)(size) + 3) & ~(size_t)3)

static char hex[BUILD_HEX_SIZE];

/* One PT_NOTE segment: notes one behind the other, each a header, a name and a description. */
static void take_id(const unsigned char *at, size_t size_bytes)
{
    ElfW(Nhdr) note;
    while (size_bytes >= sizeof(note)) {
        memcpy(&note, at, sizeof(note));
        size_t name_bytes = NOTE_ALIGN(note.n_namesz);
        size_t whole_bytes = sizeof(note) + name_bytes + NOTE_ALIGN(note.n_descsz);
        if (whole_bytes > size_bytes) {
            return;
        }
        const unsigned char *name = at + sizeof(note);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
            memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 &&
            (size_t)note.n_descsz * 2 < sizeof(hex)) {
            for (size_t i = 0; i < note.n_descsz; i++) {
                (void)snprintf(hex + 2 * i, 3, "%02x", name[name_bytes + i]);
            }
            return;
        }
        at += whole_bytes;
        size_bytes -= whole_bytes;
    }
}

/* The loader names the program itself first. */
static int look(struct dl_phdr_info *info, size_t size_bytes, void *state)
{
    (void)size_bytes;
    (void)state;
    for (size_t i = 0; i < info->dlpi_phnum && hex[0] == '\0'; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_NOTE) {
            uintptr_t address = (uintptr_t)info->dlpi_addr + (uintptr_t)header->p_vaddr;
            /* NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers */
            take_id((const unsigned char *)address, header->p_memsz);
        }
    }
    return 1;
}

const char *build_id(void)
{
    if (hex[0] == '\0') {
        (void)dl_iterate_phdr(look, NULL);
    }
    return hex;
}
