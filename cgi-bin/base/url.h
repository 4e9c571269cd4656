/*
 * base/url.h: the only maker of `struct url`. Addresses are site-relative and made of literal
 * paths, ids and percent-encoded query values; an address from outside is never turned into a link
 * except by url_web().
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"
#include "base/out.h"

/* A path from parts: each `*` in the pattern is replaced by the next argument, percent-encoded (RFC
 * 3986 unreserved stay). url_path(arena, "/registry/transfers/" "*", id). The pattern begins with
 * '/' and not with "//". A part that is "", "." or ".." can name nothing: none. */
struct url url_path(struct arena *arena, const char *pattern, ...);

/* The same address with one more query parameter (value percent-encoded; NULL or "": returned
 * unchanged). */
struct url url_with(struct arena *arena, struct url url, const char *name, const char *value);

/* An outside address given by data (a project's page): kept only if it is http:// or https:// with
 * no control characters, spaces or quotes; otherwise none. */
struct url url_web(struct arena *arena, const char *text);

/* site name (e.g. "https://registry.example.org") + site-relative address, for feeds and e-mail. */
struct url url_absolute(struct arena *arena, const char *site, struct url url);

#endif
