/*
 * store/ledger_touched.h: the look at what an act wrote, as SQL: for store/ledger_changes.c and
 * store/ledger_pool.c alone.
 */
#ifndef STORE_LEDGER_TOUCHED_H
#define STORE_LEDGER_TOUCHED_H

/* One row: see struct ledger_touched. ?5: the act is the one that split, so the rest must still lie
 * where the whole lay. */
#define LEDGER_TOUCHED(table, subject)                                                             \
    "SELECT count(*), coalesce(sum(l.units), 0), coalesce(sum(b.last - b.first + 1), 0),"          \
    " coalesce(sum(NOT (b.state = ?2 AND (?3 IS NULL OR b.org_id = ?3) AND b.reserved_by IS ?4"    \
    " AND b.last - b.first + 1 = l.units AND b.parent_id IS coalesce(l.split_from, b.parent_id)"   \
    " AND (l.split_from IS NULL OR (p.state = 'split' AND p.left_id = b.batch_id"                  \
    " AND r.parent_id = p.batch_id AND p.first = b.first AND r.first = b.last + 1"                 \
    " AND r.last = p.last AND b.issuance_id = p.issuance_id AND r.issuance_id = p.issuance_id"     \
    " AND b.project_id = p.project_id AND r.project_id = p.project_id AND b.vintage = p.vintage"   \
    " AND r.vintage = p.vintage AND (?5 = 0 OR (r.state = 'active' AND r.reserved_by IS NULL"      \
    " AND r.org_id = p.org_id AND r.account_id = p.account_id)))))), 0)"                           \
    " FROM " table " l CROSS JOIN batch b ON b.batch_id = l.batch_id"                              \
    " LEFT JOIN batch p ON p.batch_id = l.split_from"                                              \
    " LEFT JOIN batch r ON r.batch_id = p.right_id WHERE l." subject " = ?1"

#endif
