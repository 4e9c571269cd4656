/* digest_test.c: SHA-256 by the vectors of FIPS 180-4, HMAC by those of RFC 4231, and our own
 * framing of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

static void assert_hex(struct digest digest, const char *expected)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    assert_string_equal(hex, expected);
}

static void fips_vectors(void **state)
{
    (void)state;
    static char million[1000000];
    memset(million, 'a', sizeof(million));
    assert_hex(digest_of("", 0),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hex(digest_of(NULL, 0),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hex(digest_of("abc", 3),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hex(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hex(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                         112),
               "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    assert_hex(digest_of(million, sizeof(million)),
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void rfc_4231_vectors(void **state)
{
    (void)state;
    unsigned char key[131];
    unsigned char data[50];
    memset(key, 0x0b, 20);
    assert_hex(digest_hmac(key, 20, "Hi There", 8),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hex(digest_hmac("Jefe", 4, "what do ya want for nothing?", 28),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    memset(data, 0xdd, sizeof(data));
    assert_hex(digest_hmac(key, 20, data, 50),
               "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    assert_hex(digest_hmac(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hex(digest_hmac(key, 131,
                           "This is a test using a larger than block-size key and a larger than "
                           "block-size data. The key needs to be hashed before being used by the "
                           "HMAC algorithm.",
                           152),
               "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    for (size_t i = 0; i < 25; i++) {
        key[i] = (unsigned char)(i + 1);
    }
    memset(data, 0xcd, sizeof(data));
    assert_hex(digest_hmac(key, 25, data, 50),
               "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    assert_hex(digest_hmac("", 0, "", 0),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static struct digest of_texts(const char *one, const char *other)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, one);
    digest_add_text(&feed, other);
    return digest_end(&feed);
}

static struct digest of_int(int64_t number)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_int(&feed, number);
    return digest_end(&feed);
}

static void fields_are_framed(void **state)
{
    (void)state;
    struct digest one = of_texts("ab", "c");
    struct digest other = of_texts("a", "bc");
    assert_false(digest_equal(&one, &other));
    other = of_texts("ab", "c");
    assert_true(digest_equal(&one, &other));
    one = of_texts(NULL, "x");
    other = of_texts("", "x");
    assert_true(digest_equal(&one, &other));
    one = of_int(-1);
    other = digest_of("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    assert_true(digest_equal(&one, &other));
    one = of_int(258);
    other = digest_of("\0\0\0\0\0\0\1\2", 8);
    assert_true(digest_equal(&one, &other));
    one = of_texts("a", "");
    other = digest_of("\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\0", 17);
    assert_true(digest_equal(&one, &other));
}

static void bytes_are_not_framed(void **state)
{
    (void)state;
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_bytes(&feed, "a", 1);
    digest_add_bytes(&feed, NULL, 0);
    digest_add_bytes(&feed, "bc", 2);
    struct digest one = digest_end(&feed);
    struct digest other = digest_of("abc", 3);
    assert_true(digest_equal(&one, &other));
}

static void every_bit_counts(void **state)
{
    (void)state;
    struct digest one = digest_of("x", 1);
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct digest other = one;
            other.bytes[i] ^= (uint8_t)(1 << bit);
            assert_false(digest_equal(&one, &other));
        }
    }
}

static void tokens(void **state)
{
    (void)state;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bool is_seen[64] = {false};
    char last[TOKEN_SIZE] = "";
    for (int i = 0; i < 1000; i++) {
        char token[TOKEN_SIZE];
        token_make(token);
        assert_int_equal(strlen(token), TOKEN_SIZE - 1);
        assert_int_equal(strspn(token, digits), TOKEN_SIZE - 1);
        assert_string_not_equal(token, last);
        memcpy(last, token, sizeof(last));
        for (size_t j = 0; j < TOKEN_SIZE - 1; j++) {
            is_seen[strchr(digits, token[j]) - digits] = true;
        }
        /* 256 bits in 43 digits: the last one carries two bits that are always zero. */
        assert_int_equal((strchr(digits, token[42]) - digits) & 3, 0);
    }
    for (size_t i = 0; i < 64; i++) {
        assert_true(is_seen[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fips_vectors),      cmocka_unit_test(rfc_4231_vectors),
        cmocka_unit_test(fields_are_framed), cmocka_unit_test(bytes_are_not_framed),
        cmocka_unit_test(every_bit_counts),  cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
