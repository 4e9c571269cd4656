/*
 * gate/range.h: the addresses that an access token may be used from: CIDR ranges, IPv4
 * ("192.0.2.0/24") and IPv6 ("2001:db8::/32"). A single address is a range of one. An IPv4 address
 * inside IPv6 (::ffff:192.0.2.1) is the IPv4 address.
 */
#ifndef GATE_RANGE_H
#define GATE_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Reads what a person typed, one range a line (empty lines and white space around are skipped), at
 * most RANGES_MAX. *ranges: the same in canonical form, one a line, "" for none. False: *words says
 * which line is wrong and how to mend it. */
bool ranges_read(struct arena *arena, const char *typed, const char **ranges, const char **words);

/* Is the address in one of the ranges (canonical, one a line)? "" holds every address; an address
 * that cannot be read is in no range. */
bool ranges_hold(const char *ranges, const char *address);

#endif
