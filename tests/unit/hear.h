/*
 * unit/hear.h: what this process writes to a stream meanwhile, read back by its test. Include once.
 */
#ifndef UNIT_HEAR_H
#define UNIT_HEAR_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAR_BYTES 65536
#define HEAR_DESCRIPTORS 100

static struct {
    int before; /* -1: not heard */
    int file;
} heard_streams[3] = {{-1, -1}, {-1, -1}, {-1, -1}};

/* stream: STDOUT_FILENO or STDERR_FILENO. */
static inline void hear(int stream)
{
    fflush(stdout);
    /* Far up, so that the low descriptors are as they were. */
    heard_streams[stream].before = fcntl(stream, F_DUPFD_CLOEXEC, HEAR_DESCRIPTORS);
    int file = memfd_create("heard", MFD_CLOEXEC);
    heard_streams[stream].file = fcntl(file, F_DUPFD_CLOEXEC, HEAR_DESCRIPTORS);
    close(file);
    dup2(heard_streams[stream].file, stream);
}

/* What has been written since; goes on hearing. */
static inline const char *heard(int stream)
{
    static char texts[3][HEAR_BYTES];
    fflush(stdout);
    ssize_t size_bytes = pread(heard_streams[stream].file, texts[stream], HEAR_BYTES - 1, 0);
    texts[stream][size_bytes > 0 ? size_bytes : 0] = '\0';
    return texts[stream];
}

/* As before; also when it was not heard. */
static inline void hear_no_more(int stream)
{
    fflush(stdout);
    if (heard_streams[stream].before >= 0) {
        dup2(heard_streams[stream].before, stream);
        close(heard_streams[stream].before);
        close(heard_streams[stream].file);
        heard_streams[stream].before = -1;
        heard_streams[stream].file = -1;
    }
}

/* How often the words are in the text. */
static inline int hear_times(const char *text, const char *words)
{
    int count = 0;
    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

#endif
