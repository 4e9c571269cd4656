/*
 * sample_view.h: the view of every page in spec/. It has a member of each type the compiler knows,
 * and a few that it must leave alone.
 */
#ifndef SAMPLE_VIEW_H
#define SAMPLE_VIEW_H

#include "sample_rows.h"

struct frame {
    const char *title;
    struct person editor;
    int units;
    const struct rows *rows; /* an optional list */
};

struct sample {
    const char *title;
    const char *danger; /* every character that is escaped */
    const char *empty;
    const char *absent; /* NULL */
    int few;
    int none;
    int64_t many; /* more than a JSON number holds */
    bool yes;
    bool no;
    struct url home;
    struct url nowhere;
    struct markup body;
    struct markup no_body;
    struct frame frame;
    const struct frame *inner;
    const struct frame *missing; /* NULL */
    struct rows rows;
    struct rows no_rows;
    struct texts tags;
    struct numbers numbers;
    struct links links;
    size_t size;               /* not for templates */
    enum sample_colour colour; /* not for templates */
    void (*act)(int one, int two);
    unsigned bits : 3;
};

#endif
