/*
 * import/isometric_words.c: the words of the Isometric registry in ours. See import/isometric.h.
 */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "import/isometric.h"

struct word_code {
    const char *word;
    const char *code;
};

/* Serial numbers name the way of removal; the protocol says it best. README.md shows this table. */
static const struct word_code PROTOCOLS[] = {
    {"biochar", "BIOCHAR"},
    {"bio-oil-geological-storage", "BIOOIL"},
    {"biomass-geological-storage", "BSTORE"},
    {"subsurface-biomass", "BURIAL"},
    {"biogenic-capture-and-storage", "BIOCCS"},
    {"direct-air-capture", "DAC"},
    {"enhanced-weathering-agriculture", "EW"},
    {"reforestation", "REFOR"},
    {"river-alkalinity-enhancement", "RAE"},
    {"wastewater-alkalinity-enhancement", "WAE"},
    {"ocean-alkalinity-enhancement", "OAE"},
};

/* For a protocol that is not in the list above. */
static const struct word_code PATHWAYS[] = {
    {"biomass_carbon_removal_and_storage", "BICRS"},
    {"direct_air_capture", "DAC"},
    {"enhanced_weathering", "EW"},
    {"carbon_mineralization", "CMIN"},
    {"reforestation", "REFOR"},
    {"marine", "MARINE"},
    {"superpollutants", "SUPER"},
};

/* In the order of their bits in retirement.purposes. */
static const char *const PURPOSES[PURPOSES_MAX] = {"corporate_targets",
                                                   "public_environmental_claims", "insetting",
                                                   "regulatory_requirement", "other"};

const char *iso_pathway_code(const char *protocol, const char *pathway)
{
    for (size_t i = 0; i < sizeof PROTOCOLS / sizeof PROTOCOLS[0]; i++) {
        if (text_is(protocol, PROTOCOLS[i].word)) {
            return PROTOCOLS[i].code;
        }
    }
    for (size_t i = 0; i < sizeof PATHWAYS / sizeof PATHWAYS[0]; i++) {
        if (text_is(pathway, PATHWAYS[i].word)) {
            return PATHWAYS[i].code;
        }
    }
    return NULL;
}

bool iso_purposes(struct arena *arena, const char *text, uint8_t *bits, const char **unknown)
{
    *bits = 0;
    for (;;) {
        text += strspn(text, "[]'\", ;");
        size_t length = strcspn(text, "[]'\", ;");
        if (length == 0) {
            return true;
        }
        const char *word = arena_text_sized(arena, text, length);
        int i = 0;
        while (i < PURPOSES_MAX && strcmp(word, PURPOSES[i]) != 0) {
            i++;
        }
        if (i == PURPOSES_MAX) {
            *unknown = word;
            return false;
        }
        *bits = (uint8_t)(*bits | (1u << i));
        text += length;
    }
}

void iso_reconstructed_id(const char *from, const char *prefix, char id[ID_SIZE])
{
    must(id_is(from, NULL) && strlen(prefix) == 3);
    memcpy(id, from, ID_SIZE);
    for (int i = 0; i < 3; i++) {
        id[i] = prefix[i];
        id[13 + i] = "RCN"[i];
    }
}
