/*
 * model/country.h: countries by their three letters (ISO 3166-1 alpha-3), with the names that the
 * United Nations' statisticians give them (M49), in English. The published lists use the same.
 */
#ifndef MODEL_COUNTRY_H
#define MODEL_COUNTRY_H

#define COUNTRY_SIZE 4 /* three letters and NUL */

/* "Norway" for "NOR"; "" for what is no country, such as "EUE". */
const char *country_name(const char *code);

#endif
