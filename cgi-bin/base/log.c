/* base/log.c: see base/log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_SIZE 4096 /* PIPE_BUF: lines of several processes on one pipe do not mix */
#define CUT_SIZE 16    /* " cut=yes" and the line end always fit */
#define NUMBERS 16
#define NUMBER_SIZE 24

struct line {
    char bytes[LINE_SIZE];
    size_t size_bytes;
    bool is_cut;
};

static const char *program_name = "unnamed";
static struct line gathered;
static bool is_gathering;

static void add_pair(struct line *line, const char *key, const char *value);
static void add_value(struct line *line, const char *value);
static void add_escaped(struct line *line, unsigned char byte);
static void add_text(struct line *line, const char *text);
static void write_line(const struct line *line);
static void write_out(const struct line *lines);

void log_open(const char *program)
{
    program_name = program;
}

void log_event(const char *level, const char *event, ...)
{
    struct line line = {.size_bytes = 0};
    char now[CLOCK_ISO_SIZE];
    clock_iso_write(clock_now_us(), now);
    add_text(&line, "ts=");
    add_text(&line, now);
    add_pair(&line, "program", program_name);
    add_pair(&line, "level", level);
    add_pair(&line, "event", event);

    va_list pairs;
    va_start(pairs, event);
    for (const char *key = va_arg(pairs, const char *); key != NULL;
         key = va_arg(pairs, const char *)) {
        add_pair(&line, key, va_arg(pairs, const char *));
    }
    va_end(pairs);

    /* The room for these two was kept free by add_text. */
    const char *end = line.is_cut ? " cut=yes\n" : "\n";
    memcpy(line.bytes + line.size_bytes, end, strlen(end));
    line.size_bytes += strlen(end);
    write_line(&line);
}

const char *log_int(int64_t number)
{
    static char ring[NUMBERS][NUMBER_SIZE];
    static size_t next;
    char *text = ring[next];
    next = (next + 1) % NUMBERS;
    (void)snprintf(text, NUMBER_SIZE, "%lld", (long long)number);
    return text;
}

/* Adds the whole pair or, when it does not fit, nothing of it. */
static void add_pair(struct line *line, const char *key, const char *value)
{
    size_t mark = line->size_bytes;
    bool was_cut = line->is_cut;
    line->is_cut = false;
    add_text(line, " ");
    add_text(line, key);
    add_text(line, "=");
    add_value(line, value == NULL ? "" : value);
    if (line->is_cut) {
        line->size_bytes = mark;
    }
    line->is_cut = line->is_cut || was_cut;
}

static void add_value(struct line *line, const char *value)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "._:/@+-";
    if (*value != '\0' && value[strspn(value, bare)] == '\0') {
        add_text(line, value);
        return;
    }
    add_text(line, "\"");
    for (; *value != '\0' && !line->is_cut; value++) {
        add_escaped(line, (unsigned char)*value);
    }
    add_text(line, "\"");
}

/* Everything that is not printable ASCII is shown as \xHH: a terminal that shows the log obeys no
 * escape in it. */
static void add_escaped(struct line *line, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    char text[5] = {(char)byte, '\0'};
    if (byte == '"' || byte == '\\') {
        text[0] = '\\';
        text[1] = (char)byte;
    } else if (byte < 0x20 || byte > 0x7e) {
        text[0] = '\\';
        text[1] = 'x';
        text[2] = digits[byte >> 4];
        text[3] = digits[byte & 15];
    }
    add_text(line, text);
}

static void add_text(struct line *line, const char *text)
{
    size_t size_bytes = strlen(text);
    if (size_bytes > LINE_SIZE - CUT_SIZE - line->size_bytes) {
        line->is_cut = true;
        return;
    }
    memcpy(line->bytes + line->size_bytes, text, size_bytes);
    line->size_bytes += size_bytes;
}

void log_gather(bool gather)
{
    is_gathering = gather;
    if (!gather) {
        write_out(&gathered);
        gathered.size_bytes = 0;
    }
}

static void write_line(const struct line *line)
{
    if (!is_gathering) {
        write_out(line);
        return;
    }
    if (gathered.size_bytes + line->size_bytes > sizeof gathered.bytes) {
        write_out(&gathered);
        gathered.size_bytes = 0;
    }
    memcpy(gathered.bytes + gathered.size_bytes, line->bytes, line->size_bytes);
    gathered.size_bytes += line->size_bytes;
}

/* Whole lines in one write, so that those of several processes do not mix. When nobody listens
 * there is nobody to tell. */
static void write_out(const struct line *lines)
{
    if (lines->size_bytes > 0) {
        ssize_t written_bytes = write(STDERR_FILENO, lines->bytes, lines->size_bytes);
        (void)written_bytes;
    }
}
