/*
 * model/location.h: a point on the map, in millionths of a degree (some 11 centimetres), north and
 * east positive. Whole numbers: what one reads back is what one wrote.
 */
#ifndef MODEL_LOCATION_H
#define MODEL_LOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define LATITUDE_UDEG_MAX 90000000
#define LONGITUDE_UDEG_MAX 180000000
#define LOCATION_NUMBER_SIZE 16 /* "-2147.483648" and NUL, with room */

struct location {
    bool is_known; /* false: the others are 0 */
    int32_t latitude_udeg;
    int32_t longitude_udeg;
};

/* Degrees as people and programs write them: an optional sign, digits, and after a point at most 20
 * more: "-71.06", "29.728229835733384", which is rounded to 29.728230. False for anything else,
 * also beyond ±most_udeg; *udeg is then as it was. */
bool location_degrees(const char *text, int32_t most_udeg, int32_t *udeg);

/* "-71.06", "0", "29.72823": a JSON number, and what location_degrees reads. Returns to. */
const char *location_number(int32_t udeg, char to[LOCATION_NUMBER_SIZE]);

/* Within the globe; what is not known is 0. */
bool location_is(const struct location *location);

/* "27.0238° N, 74.2179° E"; "" when it is not known. */
const char *location_point(struct arena *arena, const struct location *location);

/* Place and country in words: "Rajasthan, India", not naming twice what the place names already, by
 * name or by code; the code stands for a country without a name. Both may be "". */
const char *location_words(struct arena *arena, const char *place, const char *country);

#endif
