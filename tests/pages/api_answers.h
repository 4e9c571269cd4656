/*
 * tests/pages/api_answers.h: writes down what the API answered, so that a step after the tests
 * (tests/api/answers.mjs) can hold each answer against the contract and against our description.
 *
 * Only when the environment variable TEST_API_ANSWERS names a folder (tests/run.sh does): there
 * every test program appends to a file of its own name. One record is a line
 * "METHOD <tab> address <tab> code <tab> bytes of the head <tab> bytes of the body", the head (its
 * header lines, CRLF between them), the body, and a line feed. It leaves in one write to a file
 * opened for appending, so clients that are processes of their own may share the file.
 */
#ifndef TESTS_PAGES_API_ANSWERS_H
#define TESTS_PAGES_API_ANSWERS_H

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWERS_SHAPES_MAX 32768
#define ANSWERS_BYTES_MAX (18L * 1024 * 1024)
/* an id: three letters, "_" and sixteen more (base/id.h) */
#define ANSWERS_ID_CHARS 20

/* Distinct things that were seen, by hash, and how often each was written. */
struct answers_seen {
    uint64_t hashes[ANSWERS_SHAPES_MAX];
    unsigned counts[ANSWERS_SHAPES_MAX];
};

__attribute__((unused)) static const char *answers_folder(void)
{
    const char *folder = getenv("TEST_API_ANSWERS");
    return folder == NULL || folder[0] == '\0' ? NULL : folder;
}

static uint64_t answers_hash(uint64_t hash, const char *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

/* What kind of answer it is: the operation, the code, the type; ids are not told apart, nor are
 * queries. */
static uint64_t answers_shape(const char *method, const char *target, int code, const char *type)
{
    char line[64];
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = answers_hash(hash, method, strlen(method));
    const char *end = target + strcspn(target, "?");
    for (const char *at = target; at < end;) {
        size_t chars = strcspn(at, "/?");
        bool is_id = chars == ANSWERS_ID_CHARS && at[3] == '_';
        hash = is_id ? answers_hash(hash, "{id}", 4) : answers_hash(hash, at, chars);
        hash = answers_hash(hash, "/", 1);
        at += chars + (at + chars < end ? 1 : 0);
    }
    int chars = snprintf(line, sizeof line, " %d %.40s", code, type);
    return answers_hash(hash, line, chars > 0 ? strnlen(line, sizeof line) : 0);
}

/* How often this was seen before; counts it. A full table says that it was not. */
static unsigned answers_count(struct answers_seen *seen, uint64_t hash)
{
    hash += hash == 0 ? 1 : 0;
    size_t at = (size_t)(hash % ANSWERS_SHAPES_MAX);
    for (size_t i = 0; i < ANSWERS_SHAPES_MAX; i++, at = (at + 1) % ANSWERS_SHAPES_MAX) {
        if (seen->hashes[at] == 0 || seen->hashes[at] == hash) {
            seen->hashes[at] = hash;
            return seen->counts[at]++;
        }
    }
    return 0;
}

/* The header lines of a head, which may begin with a status line and end with an empty line. */
static const char *answers_lines(const char *head, size_t *size_bytes)
{
    const char *end = strstr(head, "\r\n\r\n");
    size_t bytes = end == NULL ? strlen(head) : (size_t)(end - head);
    while (bytes >= 2 && memcmp(head + bytes - 2, "\r\n", 2) == 0) {
        bytes -= 2;
    }
    if (strncmp(head, "HTTP/", 5) == 0) {
        size_t first = strcspn(head, "\n") + 1;
        bytes = first < bytes ? bytes - first : 0;
        head += first;
    }
    *size_bytes = bytes;
    return head;
}

/* The type named in a head; "" when none is. */
static void answers_type(const char *head, size_t head_bytes, char type[64])
{
    const char *at = strcasestr(head, "Content-Type: ");
    type[0] = '\0';
    if (at != NULL && at < head + head_bytes) {
        at += strlen("Content-Type: ");
        (void)snprintf(type, 64, "%.*s", (int)strcspn(at, ";\r\n"), at);
    }
}

static int answers_open(const char *folder)
{
    char self[PATH_MAX] = "", path[PATH_MAX];
    ssize_t chars = readlink("/proc/self/exe", self, sizeof self - 1);
    const char *name = chars > 0 ? strrchr(self, '/') : NULL;
    (void)mkdir(folder, 0755);
    (void)snprintf(path, sizeof path, "%.2000s/%.200s.answers", folder,
                   name == NULL ? "test" : name + 1);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* Writes an answer down. target: as it was asked for, from /registry/v0 on. head: its header lines,
 * and what follows them, up to a NUL. most_of_a_shape: how many answers of one operation, code and
 * type this process writes down; 0: each that is not word for word like one before. */
__attribute__((unused)) static void answers_note(const char *method, const char *target, int code,
                                                 const char *head, const char *body,
                                                 size_t body_bytes, unsigned most_of_a_shape)
{
    static struct answers_seen seen;
    static char *record;
    static int fd = -1;
    char type[64];
    size_t head_bytes = 0;
    const char *folder = answers_folder();
    if (folder == NULL) {
        return;
    }
    head = answers_lines(head, &head_bytes);
    answers_type(head, head_bytes, type);
    uint64_t hash = answers_shape(method, target, code, type);
    if (most_of_a_shape == 0) {
        hash = answers_hash(hash, body, body_bytes);
    }
    if (answers_count(&seen, hash) >= (most_of_a_shape == 0 ? 1 : most_of_a_shape)) {
        return;
    }
    record = record == NULL ? malloc((size_t)ANSWERS_BYTES_MAX) : record;
    fd = fd < 0 ? answers_open(folder) : fd;
    int chars = snprintf(record, (size_t)ANSWERS_BYTES_MAX, "%s\t%.2000s\t%d\t%zu\t%zu\n", method,
                         target, code, head_bytes, body_bytes);
    size_t size_bytes = (size_t)chars + head_bytes + body_bytes + 1;
    for (int i = 0; i < chars - 1; i++) { /* an address may hold anything */
        record[i] =
            (char)(record[i] != '\t' && iscntrl((unsigned char)record[i]) ? '?' : record[i]);
    }
    if (chars < 0 || (long)size_bytes > ANSWERS_BYTES_MAX) {
        fprintf(stderr, "an answer of %zu bytes is too long to be written down\n", body_bytes);
        abort();
    }
    memcpy(record + chars, head, head_bytes);
    memcpy(record + (size_t)chars + head_bytes, body, body_bytes);
    record[size_bytes - 1] = '\n';
    if (fd < 0 || write(fd, record, size_bytes) != (ssize_t)size_bytes) {
        perror("an answer could not be written down");
        abort();
    }
}

#endif
