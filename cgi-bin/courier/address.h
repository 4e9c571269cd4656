/*
 * courier/address.h: which internet addresses a webhook may be sent to: those that belong to the
 * public internet, and none behind which our own machine, its network or its hoster answers.
 *
 * Sources: the IANA registries of special-purpose addresses (RFC 6890 and its updates), of IPv4
 * multicast and of reserved blocks. Of IPv6 only 2000::/3 is given out to the public; so addresses
 * that carry an IPv4 address inside (::ffff:0:0/96, 64:ff9b::/96) are refused with everything else
 * outside it, and 2002::/16 and Teredo within it.
 */
#ifndef COURIER_ADDRESS_H
#define COURIER_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

/* One internet address with its port. */
union address {
    struct sockaddr any;
    struct sockaddr_in fourth;
    struct sockaddr_in6 sixth;
};

/* "203.0.113.255", or an IPv6 address in full */
#define ADDRESS_TEXT_SIZE 46

/* NULL: may be sent to. Otherwise what the range is for: "private network". An address of another
 * family than IPv4 and IPv6 is refused. */
const char *address_refusal(const struct sockaddr *address);
/* Is it 127.0.0.0/8 or ::1: this machine? Allowed in tests only (model/endpoint.h). */
bool address_is_loopback(const struct sockaddr *address);
/* Are both the same address? Ports are not looked at. */
bool address_equal(const struct sockaddr *one, const struct sockaddr *other);
/* In words for curl and the log; "" for another family. */
void address_text(const struct sockaddr *address, char text[ADDRESS_TEXT_SIZE]);

#endif
