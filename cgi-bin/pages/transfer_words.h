/*
 * pages/transfer_words.h: one transfer in words, as a party of it reads them: what it is, what will
 * happen, who acts next and until when.
 */
#ifndef PAGES_TRANSFER_WORDS_H
#define PAGES_TRANSFER_WORDS_H

#include "gate/gate.h"
#include "pages/desk_view.h"
#include "store/my_transfers.h"

/* "Fjord Foods", "Puro Registry (Aster)", "your account Client holdings": where it goes, for the
 * reader. */
const char *transfer_to(struct visit *visit, const struct my_transfer *row);
/* The party that the reader is not; for what stays inside the organisation its own account. */
const char *transfer_other(struct visit *visit, const struct my_transfer *row);
/* Who reads its private note beside the registry's administrators: "the two parties". kind as in
 * SQL.
 */
const char *transfer_note_readers(const char *kind);
/* "84.210 credits to Fjord Foods" or "84.210 credits from Vaulted Deep". */
const char *transfer_title(struct visit *visit, const struct my_transfer *row);
/* "84.210 credits are on their way to Fjord Foods": the heading of the receipt. */
const char *transfer_done(struct visit *visit, const struct my_transfer *row);
/* What follows the word of its state: "until Fjord Foods accepts. It returns to you on 4 December
 * 2026 if they do nothing." */
const char *transfer_next(struct visit *visit, const struct my_transfer *row);
/* Who has to act, as the last line of its story; "" when nobody. */
const char *transfer_waits_for(struct visit *visit, const struct my_transfer *row);
/* Why the reader's act on it was refused, where the table speaks to the sender; NULL: as the table
 * says. */
const char *transfer_refused(struct visit *visit, const struct my_transfer *row,
                             enum status status);
/* Does it wait for an approval inside the sender's organisation; for anything at all? */
bool transfer_waits_second_person(const struct my_transfer *row);
bool transfer_is_open(const struct my_transfer *row);
/* Its blocks as rows of a table, in their order. */
struct block_views transfer_blocks(struct visit *visit, struct my_blocks blocks);

#endif
