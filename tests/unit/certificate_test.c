/* tests/unit/certificate_test.c: the certificate's code, its drawing for cameras, and the PDF: the
 * same bytes for the same paper, every letter as it is, nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "pages/certificate.h"

/* Of the address sanitizer: what is allocated now. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static struct arena arena;
static char folder[] = "/tmp/tallystick-certificate-XXXXXX";
static struct certificate_qr qr;
static struct certificate_view view;
static struct certificate_block blocks[500];
static struct certificate_paper paper;

static int set_up(void **state)
{
    (void)state;
    static struct purpose_view purposes[] = {{"Corporate climate targets"}, {"Insetting"}};
    arena_map(&arena, 128UL * 1024 * 1024);
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 500; i++) {
        blocks[i] = (struct certificate_block){
            .serial = arena_printf(&arena, "TLY-1-BIOCHAR-POL-FERN-2024-%zu000-%zu999", i, i),
            .about = "Vintage 2024, Węglan Sp. z o.o., Piła",
            .quantity = "1.000 credits",
        };
    }
    assert_true(certificate_qr_make("https://registry.example.org/registry/verify", &qr));
    view = (struct certificate_view){
        .quantity = "12.000 credits",
        .of = "of carbon removal (12,000 kg CO₂e)",
        .was = "were",
        .beneficiary = {"Łódź Żółć S.A.", {NULL}},
        .owner = {"Příliš žluťoučký kůň", {NULL}},
        .retired = {"2026-11-20T14:03:22.000000Z", "20 November 2026, 14:03 UTC", "", ""},
        .purposes = {purposes, 2},
        .notes = "Ταχίστη αλώπηξ βαφής ψημένη γη",
        .redacted = "",
        .name_redacted = "",
    };
    paper = (struct certificate_paper){
        .site_name = "Rejestr",
        .retirement_id = "ret_1KNSQMD6Z1S0TB50",
        .retired_iso = view.retired.iso,
        .view = &view,
        .blocks = blocks,
        .block_count = 2,
        .block_words = "2 blocks",
        .code = "7f3a 09bc 41de 88a0 c55e",
        .verify_words = "https://registry.example.org/registry/verify?number=ret_1&code=7f3a",
        .qr = &qr,
    };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static struct out draw(const struct certificate_paper *what, size_t capacity_bytes,
                       enum status wanted)
{
    struct out out;
    out_init(&out, &arena, capacity_bytes);
    assert_int_equal(certificate_draw(what, &out), wanted);
    return out;
}

/* What a tool of poppler says about a document. */
static const char *told(const struct out *out, const char *tool)
{
    static char words[262144];
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/certificate.pdf", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fwrite(out->bytes, 1, out->size_bytes, file) == out->size_bytes);
    (void)fclose(file);
    assert_int_equal(setenv("PDF", path, 1), 0);
    file = popen(tool, "r");
    assert_non_null(file);
    size_t size_bytes = fread(words, 1, sizeof(words) - 1, file);
    words[size_bytes] = '\0';
    assert_int_equal(pclose(file), 0);
    return words;
}

static void has(const char *words, const char *wanted)
{
    if (strstr(words, wanted) == NULL) {
        fail_msg("no \"%s\" in: %s", wanted, words);
    }
}

static void the_code_is_the_beginning_of_the_digest(void **state)
{
    (void)state;
    struct digest digest = digest_of("abc", 3);
    char code[CERTIFICATE_CODE_SIZE];
    certificate_code(&digest, code);
    assert_string_equal(code, "ba78 16bf 8f01 cfea 4141");
    static const char *const right[] = {
        "ba78 16bf 8f01 cfea 4141", "ba7816bf8f01cfea4141", "BA78-16BF-8F01-CFEA-4141",
        " ba78 l6bf 8fol cfea 4i4I ",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        assert_true(certificate_code_is(right[i], &digest));
    }
    static const char *const wrong[] = {
        "ba78 16bf 8f01 cfea 4142", "00000000000000000000",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_true(certificate_code_is_one(wrong[i]));
        assert_false(certificate_code_is(wrong[i], &digest));
    }
    static const char longer[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0";
    static const char *const none[] = {"",
                                       "ba78",
                                       "ba7816bf8f01cfea414",
                                       "ba7816bf8f01cfea41410",
                                       "ba7816bf8f01cfea414g",
                                       "ba78_16bf8f01cfea4141",
                                       longer};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_false(certificate_code_is_one(none[i]));
        assert_false(certificate_code_is(none[i], &digest));
    }
}

static void the_drawing_is_a_qr_code(void **state)
{
    (void)state;
    assert_true(qr.side >= 21 && (qr.side - 17) % 4 == 0);
    /* The finder: a dark ring of seven, a light one, a dark heart. */
    size_t side = (size_t)qr.side;
    for (size_t i = 0; i < 7; i++) {
        assert_true(qr.dark[i] && qr.dark[i * side] && qr.dark[side - 1 - i]);
        assert_false(qr.dark[7 * side + i]);
    }
    assert_true(qr.dark[3 * side + 3]);
    assert_false(qr.dark[side + 1]);
    const char *path = certificate_qr_path(&arena, &qr);
    assert_true(text_starts(path, "M4 4h7v1h-7z"));
    int64_t dark = 0;
    int64_t drawn = 0;
    for (int i = 0; i < qr.side * qr.side; i++) {
        dark += qr.dark[i] ? 1 : 0;
    }
    for (const char *at = strchr(path, 'h'); at != NULL; at = strchr(at + 2, 'h')) {
        drawn += at[1] == '-' ? 0 : atoi(at + 1);
    }
    assert_int_equal(drawn, dark);
    static char long_text[5000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    static struct certificate_qr other;
    assert_false(certificate_qr_make(long_text, &other));
}

static void every_letter_is_as_it_was_written(void **state)
{
    (void)state;
    struct out out = draw(&paper, 4UL * 1024 * 1024, STATUS_OK);
    assert_memory_equal(out.bytes, "%PDF-", 5);
    const char *words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "Łódź Żółć S.A.");
    has(words, "by Příliš žluťoučký kůň on 20 November 2026, 14:03 UTC.");
    has(words, "“Ταχίστη αλώπηξ βαφής ψημένη γη”");
    has(words, "12.000 credits");
    has(words, "of carbon removal (12,000 kg CO₂e) were retired for good on behalf of");
    has(words, "TLY-1-BIOCHAR-POL-FERN-2024-1000-1999");
    has(words, "Vintage 2024, Węglan Sp. z o.o., Piła");
    has(words, "7f3a 09bc 41de 88a0 c55e");
    has(words, "https://registry.example.org/registry/verify\n");
    has(words, "Insetting");
    has(words, "Page 1 of 1");
    assert_null(strstr(words, "Warning"));
    assert_null(strstr(words, "demonstration"));
    assert_null(strstr(words, "sandbox"));
    assert_null(strstr(words, "▯"));
    words = told(&out, "pdfinfo -url \"$PDF\" 2>&1");
    has(words, "https://registry.example.org/registry/verify?number=ret_1&code=7f3a");
    words = told(&out, "pdfinfo \"$PDF\" 2>&1");
    has(words, "Certificate of retirement ret_1KNSQMD6Z1S0TB50");
    has(words, "Fri Nov 20 14:03:22 2026");
    /* Every typeface is in the document: it looks the same everywhere. */
    words = told(&out, "pdffonts \"$PDF\" 2>&1 | tail -n +3 | grep -v ' yes yes yes ' ; true");
    assert_string_equal(words, "");
}

static void letters_that_no_typeface_has_are_boxes_and_that_is_said(void **state)
{
    (void)state;
    struct certificate_view other = view;
    struct certificate_paper odd = paper;
    odd.view = &other;
    odd.is_demo = true;
    other.beneficiary.words = "株式会社 Georgia საქართველო";
    struct out out = draw(&odd, 4UL * 1024 * 1024, STATUS_OK);
    const char *words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "▯▯▯▯ Georgia საქართველო"); /* a fallback has the Georgian letters */
    has(words, "▯ stands for a letter");
    has(words, "It certifies nothing");
    other.beneficiary.words = "שלום"; /* right to left: letter after letter would be wrong */
    out = draw(&odd, 4UL * 1024 * 1024, STATUS_OK);
    has(told(&out, "pdftotext -layout \"$PDF\" - 2>&1"), "▯▯▯▯");
}

/* What is not real says so on paper, as it does on every page. */
static void a_sandbox_certifies_nothing(void **state)
{
    (void)state;
    struct certificate_paper unreal = paper;
    unreal.is_sandbox = true;
    struct out out = draw(&unreal, 4UL * 1024 * 1024, STATUS_OK);
    const char *words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "A sandbox: this paper shows what a certificate looks like.");
    has(words, "certifies nothing");
    unreal.is_demo = true; /* a demonstration has the sandbox's ids, and says what it is */
    out = draw(&unreal, 4UL * 1024 * 1024, STATUS_OK);
    words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "A demonstration registry: this paper shows");
    assert_null(strstr(words, "sandbox"));
}

static void the_same_paper_gives_the_same_bytes(void **state)
{
    (void)state;
    struct out one = draw(&paper, 4UL * 1024 * 1024, STATUS_OK);
    struct certificate_view other = view;
    struct certificate_paper another = paper;
    another.view = &other;
    other.notes = "";
    struct out between = draw(&another, 4UL * 1024 * 1024, STATUS_OK);
    struct out again = draw(&paper, 4UL * 1024 * 1024, STATUS_OK);
    assert_int_equal(one.size_bytes, again.size_bytes);
    assert_memory_equal(one.bytes, again.bytes, one.size_bytes);
    assert_true(between.size_bytes != one.size_bytes ||
                memcmp(between.bytes, one.bytes, one.size_bytes) != 0);
}

static void long_words_and_many_blocks_find_their_pages(void **state)
{
    (void)state;
    static char name[NOTE_CHARS_MAX + 1];
    static char note[2 * NOTE_CHARS_MAX + 1];
    static struct purpose_view purposes[PURPOSES_MAX];
    memset(name, 'W', sizeof(name) - 1);
    for (size_t i = 0; i + 2 < sizeof(note); i += 2) {
        note[i] = '\xc5'; /* Ż */
        note[i + 1] = '\xbb';
    }
    for (size_t i = 0; i < PURPOSES_MAX; i++) {
        purposes[i].words = "Insetting";
    }
    struct certificate_view other = view;
    struct certificate_paper wide = paper;
    wide.view = &other;
    wide.site_name = name;
    other.purposes = (struct purpose_views){purposes, PURPOSES_MAX};
    wide.is_demo = true;
    wide.block_count = 500;
    other.beneficiary.words = name;
    other.owner.words = name + NOTE_CHARS_MAX - NAME_CHARS_MAX;
    other.notes = note;
    struct out out = draw(&wide, 4UL * 1024 * 1024, STATUS_OK);
    const char *words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "TLY-1-BIOCHAR-POL-FERN-2024-0000-0999");
    has(words, "TLY-1-BIOCHAR-POL-FERN-2024-499000-499999");
    has(words, "Page 25 of 25");
    int rows = 0;
    for (const char *at = strstr(words, "TLY-1-"); at != NULL; at = strstr(at + 1, "TLY-1-")) {
        rows++;
    }
    assert_int_equal(rows, 500);
    has(told(&out, "pdfinfo \"$PDF\""), "Pages:           25");
    wide.block_count = 0;
    out = draw(&wide, 4UL * 1024 * 1024, STATUS_OK);
    has(told(&out, "pdfinfo \"$PDF\""), "Pages:           1");
}

/* How far down the page a word stands, in points; the last of its kind. */
static double foot_of(const struct out *out, const char *word)
{
    char pattern[64];
    double foot = 0;
    (void)snprintf(pattern, sizeof(pattern), "\">%s</word>", word);
    const char *words = told(out, "pdftotext -bbox \"$PDF\" - 2>&1");
    for (const char *at = strstr(words, pattern); at != NULL; at = strstr(at + 1, pattern)) {
        const char *begin = at;
        while (strncmp(begin, "yMax=", 5) != 0) {
            begin--;
        }
        foot = strtod(begin + 6, NULL);
    }
    assert_true(foot > 0);
    return foot;
}

/* However long the reasons are, what proves the paper is not written over. */
static void redacted_words_are_told(void **state)
{
    (void)state;
    static char reason[NOTE_CHARS_MAX - 3], owner[NAME_CHARS_MAX + 1];
    static struct purpose_view purposes[PURPOSES_MAX];
    for (size_t i = 0; i < PURPOSES_MAX; i++) {
        purposes[i].words = "Insetting";
    }
    memset(reason, 'W', sizeof(reason) - 1);
    memset(owner, 'W', sizeof(owner) - 1);
    struct certificate_view other = view;
    struct certificate_paper redacted = paper;
    redacted.view = &other;
    redacted.is_demo = true;
    redacted.block_count = 0;
    other.purposes = (struct purpose_views){purposes, PURPOSES_MAX};
    other.owner.words = owner;
    other.beneficiary.words = "[redacted]";
    other.notes = "";
    other.redacted =
        arena_printf(&arena, "The note was redacted on 20 November 2026: %s END", reason);
    other.name_redacted =
        arena_printf(&arena, "The name was redacted on 20 November 2026: %s END", reason);
    struct out out = draw(&redacted, 4UL * 1024 * 1024, STATUS_OK);
    const char *words = told(&out, "pdftotext -layout \"$PDF\" - 2>&1");
    has(words, "[redacted]");
    has(words, "The note was redacted on");
    has(words, "The name was redacted on");
    assert_true(foot_of(&out, "END") < foot_of(&out, "genuine?"));
}

static void nothing_is_left_behind(void **state)
{
    (void)state;
    if (__sanitizer_get_current_allocated_bytes == NULL) {
        skip();
    }
    size_t mark_bytes = arena.used_bytes;
    size_t before = 0;
    for (int i = 0; i < 40; i++) {
        if (i == 8) { /* by then its typefaces and tables are at hand */
            before = __sanitizer_get_current_allocated_bytes();
        }
        draw(&paper, 1024UL * 1024, STATUS_OK);
        /* A reply that is too small breaks it off wherever it is. */
        draw(&paper, (size_t)i * 1000, STATUS_OUT_OF_ROOM);
        arena_reset(&arena, mark_bytes);
    }
    size_t after = __sanitizer_get_current_allocated_bytes();
    if (after > before + 16384) {
        fail_msg("%zu bytes allocated, %zu before", after, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_is_the_beginning_of_the_digest),
        cmocka_unit_test(the_drawing_is_a_qr_code),
        cmocka_unit_test(every_letter_is_as_it_was_written),
        cmocka_unit_test(letters_that_no_typeface_has_are_boxes_and_that_is_said),
        cmocka_unit_test(a_sandbox_certifies_nothing),
        cmocka_unit_test(the_same_paper_gives_the_same_bytes),
        cmocka_unit_test(long_words_and_many_blocks_find_their_pages),
        cmocka_unit_test(redacted_words_are_told),
        cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
