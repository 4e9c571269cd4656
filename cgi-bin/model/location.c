/* model/location.c: see model/location.h. */
#include "model/location.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"
#include "model/country.h"

#define UDEG_PER_DEGREE 1000000
#define DECIMALS 6
#define DECIMALS_MAX 20 /* programs print some 15; more is no number that was measured */
#define WHOLE_DIGITS_MAX 3

static const char *coordinate(struct arena *arena, int32_t udeg, char above, char below);
static bool ends_in(const char *place, const char *words);

bool location_degrees(const char *text, int32_t most_udeg, int32_t *udeg)
{
    static const char digits[] = "0123456789";
    bool is_below = *text == '-';
    text += *text == '-' || *text == '+' ? 1 : 0;
    size_t whole = strspn(text, digits);
    size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, digits) : 0;
    size_t end = whole + (text[whole] == '.' ? 1 + decimals : 0);
    bool is_number = whole > 0 && whole <= WHOLE_DIGITS_MAX && text[end] == '\0' &&
                     (text[whole] != '.' || (decimals > 0 && decimals <= DECIMALS_MAX));
    if (!is_number) {
        return false;
    }
    int64_t sum = 0;
    for (size_t i = 0; i < whole; i++) {
        sum = 10 * sum + (text[i] - '0');
    }
    for (size_t i = 0; i < DECIMALS; i++) {
        sum = 10 * sum + (i < decimals ? text[whole + 1 + i] - '0' : 0);
    }
    sum += decimals > DECIMALS && text[whole + 1 + DECIMALS] >= '5' ? 1 : 0;
    if (sum > most_udeg) {
        return false;
    }
    *udeg = (int32_t)(is_below ? -sum : sum);
    return true;
}

const char *location_number(int32_t udeg, char to[LOCATION_NUMBER_SIZE])
{
    int64_t size = udeg < 0 ? -(int64_t)udeg : udeg;
    int length = snprintf(to, LOCATION_NUMBER_SIZE, "%s%lld.%06lld", udeg < 0 ? "-" : "",
                          (long long)(size / UDEG_PER_DEGREE), (long long)(size % UDEG_PER_DEGREE));
    must(length > 0 && length < LOCATION_NUMBER_SIZE);
    while (to[length - 1] == '0') {
        to[--length] = '\0';
    }
    if (to[length - 1] == '.') {
        to[length - 1] = '\0';
    }
    return to;
}

bool location_is(const struct location *location)
{
    int32_t latitude = location->latitude_udeg;
    int32_t longitude = location->longitude_udeg;
    if (!location->is_known) {
        return latitude == 0 && longitude == 0;
    }
    return latitude >= -LATITUDE_UDEG_MAX && latitude <= LATITUDE_UDEG_MAX &&
           longitude >= -LONGITUDE_UDEG_MAX && longitude <= LONGITUDE_UDEG_MAX;
}

const char *location_point(struct arena *arena, const struct location *location)
{
    if (!location->is_known) {
        return "";
    }
    return arena_printf(arena, "%s, %s", coordinate(arena, location->latitude_udeg, 'N', 'S'),
                        coordinate(arena, location->longitude_udeg, 'E', 'W'));
}

const char *location_words(struct arena *arena, const char *place, const char *country)
{
    const char *known = country_name(country);
    const char *name = text_empty(known) ? country : known;
    bool is_coded = ends_in(place, country) && /* in capitals: "Terra Mar" is not Morocco */
                    text_is(place + strlen(place) - strlen(country), country);
    if (text_empty(name) || is_coded || ends_in(place, name)) {
        return place;
    }
    return text_empty(place) ? name : arena_printf(arena, "%s, %s", place, name);
}

/* With these words, not only with their letters. */
static bool ends_in(const char *place, const char *words)
{
    size_t place_bytes = strlen(place);
    size_t words_bytes = strlen(words);
    if (place_bytes < words_bytes || strcasecmp(place + place_bytes - words_bytes, words) != 0) {
        return false;
    }
    unsigned char before =
        place_bytes == words_bytes ? ' ' : (unsigned char)place[place_bytes - words_bytes - 1];
    return before < 0x80 && !isalpha(before);
}

/* On the equator and the first meridian there is no side. */
static const char *coordinate(struct arena *arena, int32_t udeg, char above, char below)
{
    char buffer[LOCATION_NUMBER_SIZE];
    const char *number = location_number(udeg, buffer);
    return udeg == 0 ? "0°"
                     : arena_printf(arena, "%s° %c", udeg < 0 ? number + 1 : number,
                                    udeg < 0 ? below : above);
}
