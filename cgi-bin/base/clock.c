/* base/clock.c: see base/clock.h. The calendar arithmetic is the proleptic Gregorian one, counted
 * in eras of 400 years. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/must.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2200
#define MICROS_DIGITS 6
#define NANOS_DIGITS 9
#define ERA_DAYS 146097       /* days in 400 years */
#define ERA_SHIFT_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

struct civil {
    int64_t year;
    int month, day, hour, minute, second, micros;
};

static int64_t clock_read_us(clockid_t clock);
static struct civil civil_of(int64_t at);
static bool parse(const char *text, size_t digits_max, int64_t *at);
static bool read_date(const char **text, int64_t *days);
static bool read_time(const char **text, int64_t *us);
static bool read_fraction(const char **text, size_t digits_max, int64_t *us);
static bool read_zone(const char **text, int64_t *offset_us);
static bool read_number(const char **text, int digits, int least, int most, int *number);
static bool read_byte(const char **text, char byte);
static int month_days(int year, int month);
static int64_t floor_divide(int64_t number, int64_t divisor);

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

int64_t clock_now_us(void)
{
    return clock_read_us(CLOCK_REALTIME);
}

int64_t clock_steady_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

bool clock_parse(const char *text, int64_t *at)
{
    return parse(text, MICROS_DIGITS, at);
}

bool clock_parse_floor(const char *text, int64_t *at)
{
    return parse(text, NANOS_DIGITS, at);
}

bool clock_parse_date(const char *text, int64_t *at)
{
    int64_t days = 0;
    if (text == NULL || !read_date(&text, &days) || *text != '\0') {
        return false;
    }
    *at = days * CLOCK_DAY_US;
    return true;
}

int clock_year(int64_t at)
{
    return (int)civil_of(at).year;
}

int64_t clock_days_from_civil(int year, int month, int day)
{
    must(month >= 1 && month <= 12);
    must(day >= 1 && day <= 31);
    /* The year is taken to begin in March, so that the leap day is its last. */
    int64_t shifted_year = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_divide(shifted_year, 400);
    int64_t year_of_era = shifted_year - era * 400;
    int64_t shifted_month = (month + 9) % 12;
    int64_t day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - ERA_SHIFT_DAYS;
}

const char *clock_iso(struct arena *arena, int64_t at)
{
    char text[CLOCK_ISO_SIZE];
    clock_iso_write(at, text);
    return arena_text(arena, text);
}

static void write_digits(char *to, size_t count, int number)
{
    while (count > 0) {
        to[--count] = (char)('0' + number % 10);
        number /= 10;
    }
}

void clock_iso_write(int64_t at, char text[CLOCK_ISO_SIZE])
{
    if (at == 0) {
        text[0] = '\0';
        return;
    }
    struct civil civil = civil_of(at);
    if (civil.year < 0 || civil.year > 9999) { /* never in a registry; int64 reaches further */
        int length = snprintf(text, CLOCK_ISO_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d.%06dZ",
                              (long long)civil.year, civil.month, civil.day, civil.hour,
                              civil.minute, civil.second, civil.micros);
        must(length > 0 && length < CLOCK_ISO_SIZE);
        return;
    }
    /* Lists and the log write thousands of these: digit by digit is a tenth of the work. */
    memcpy(text, "0000-00-00T00:00:00.000000Z", sizeof("0000-00-00T00:00:00.000000Z"));
    write_digits(text, 4, (int)civil.year);
    write_digits(text + 5, 2, civil.month);
    write_digits(text + 8, 2, civil.day);
    write_digits(text + 11, 2, civil.hour);
    write_digits(text + 14, 2, civil.minute);
    write_digits(text + 17, 2, civil.second);
    write_digits(text + 20, 6, civil.micros);
}

const char *clock_iso_date(struct arena *arena, int64_t at)
{
    if (at == 0) {
        return "";
    }
    struct civil civil = civil_of(at);
    return arena_printf(arena, "%04lld-%02d-%02d", (long long)civil.year, civil.month, civil.day);
}

const char *clock_date_words(struct arena *arena, int64_t at)
{
    if (at == 0) {
        return "";
    }
    struct civil civil = civil_of(at);
    return arena_printf(arena, "%d %s %lld", civil.day, month_names[civil.month - 1],
                        (long long)civil.year);
}

const char *clock_words(struct arena *arena, int64_t at)
{
    if (at == 0) {
        return "";
    }
    struct civil civil = civil_of(at);
    char text[64];
    size_t used = (size_t)(civil.day >= 10);
    write_digits(text, used + 1, civil.day);
    used++;
    text[used++] = ' ';
    size_t month_bytes = strlen(month_names[civil.month - 1]);
    memcpy(text + used, month_names[civil.month - 1], month_bytes);
    used += month_bytes;
    if (civil.year < 1000 || civil.year > 9999) {
        text[used] = '\0';
        return arena_printf(arena, "%s %lld, %02d:%02d UTC", text, (long long)civil.year,
                            civil.hour, civil.minute);
    }
    memcpy(text + used, " 0000, 00:00 UTC", sizeof(" 0000, 00:00 UTC"));
    write_digits(text + used + 1, 4, (int)civil.year);
    write_digits(text + used + 7, 2, civil.hour);
    write_digits(text + used + 10, 2, civil.minute);
    return arena_text(arena, text);
}

static int64_t clock_read_us(clockid_t clock)
{
    struct timespec now;
    must(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

static struct civil civil_of(int64_t at)
{
    int64_t days = floor_divide(at, CLOCK_DAY_US);
    /* Not at - days * CLOCK_DAY_US: on the first day of int64 the product does not fit. */
    int64_t us_of_day = at % CLOCK_DAY_US + (at % CLOCK_DAY_US < 0 ? CLOCK_DAY_US : 0);
    int64_t shifted_days = days + ERA_SHIFT_DAYS;
    int64_t era = floor_divide(shifted_days, ERA_DAYS);
    int64_t day_of_era = shifted_days - era * ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    return (struct civil){
        .year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
        .month = month,
        .day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
        .hour = (int)(us_of_day / (3600 * CLOCK_SECOND_US)),
        .minute = (int)(us_of_day / (60 * CLOCK_SECOND_US) % 60),
        .second = (int)(us_of_day / CLOCK_SECOND_US % 60),
        .micros = (int)(us_of_day % CLOCK_SECOND_US),
    };
}

/* digits_max: behind the point. */
static bool parse(const char *text, size_t digits_max, int64_t *at)
{
    int64_t days = 0;
    int64_t us = 0;
    int64_t offset_us = 0;
    if (text == NULL || !read_date(&text, &days)) {
        return false;
    }
    if (read_byte(&text, 'T') || read_byte(&text, ' ')) {
        if (!read_time(&text, &us) || !read_fraction(&text, digits_max, &us) ||
            !read_zone(&text, &offset_us)) {
            return false;
        }
    }
    if (*text != '\0') {
        return false;
    }
    /* A zone may lead over the edge of the years: what is taken must be printed in a form that is
     * taken again. */
    int64_t moment = days * CLOCK_DAY_US + us - offset_us;
    int year = clock_year(moment);
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return false;
    }
    *at = moment;
    return true;
}

static bool read_date(const char **text, int64_t *days)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!read_number(text, 4, YEAR_MIN, YEAR_MAX, &year) || !read_byte(text, '-') ||
        !read_number(text, 2, 1, 12, &month) || !read_byte(text, '-') ||
        !read_number(text, 2, 1, month_days(year, month), &day)) {
        return false;
    }
    *days = clock_days_from_civil(year, month, day);
    return true;
}

static bool read_time(const char **text, int64_t *us)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!read_number(text, 2, 0, 23, &hour) || !read_byte(text, ':') ||
        !read_number(text, 2, 0, 59, &minute) || !read_byte(text, ':') ||
        !read_number(text, 2, 0, 59, &second)) {
        return false;
    }
    *us = (hour * INT64_C(3600) + minute * INT64_C(60) + second) * CLOCK_SECOND_US;
    return true;
}

/* Nothing, or a point and digits, of which those behind the sixth are worth nothing. */
static bool read_fraction(const char **text, size_t digits_max, int64_t *us)
{
    if (!read_byte(text, '.')) {
        return true;
    }
    int64_t worth_us = CLOCK_SECOND_US / 10;
    size_t digits = strspn(*text, "0123456789");
    if (digits < 1 || digits > digits_max) {
        return false;
    }
    for (; digits > 0; digits--) {
        *us += (**text - '0') * worth_us;
        worth_us /= 10;
        (*text)++;
    }
    return true;
}

/* Nothing or "Z" for UTC, or "+hh:mm" or "-hh:mm". */
static bool read_zone(const char **text, int64_t *offset_us)
{
    *offset_us = 0;
    if (**text == '\0' || read_byte(text, 'Z')) {
        return true;
    }
    int64_t sign = **text == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if ((!read_byte(text, '+') && !read_byte(text, '-')) || !read_number(text, 2, 0, 23, &hours) ||
        !read_byte(text, ':') || !read_number(text, 2, 0, 59, &minutes)) {
        return false;
    }
    *offset_us = sign * (hours * INT64_C(60) + minutes) * 60 * CLOCK_SECOND_US;
    return true;
}

static bool read_number(const char **text, int digits, int least, int most, int *number)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char byte = **text;
        if (byte < '0' || byte > '9') {
            return false;
        }
        value = value * 10 + (byte - '0');
        (*text)++;
    }
    *number = value;
    return value >= least && value <= most;
}

static bool read_byte(const char **text, char byte)
{
    if (**text != byte) {
        return false;
    }
    (*text)++;
    return true;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static int64_t floor_divide(int64_t number, int64_t divisor)
{
    int64_t quotient = number / divisor;
    return number % divisor < 0 ? quotient - 1 : quotient;
}
