/*
 * tests/ledger/model_about.h: the model's rules for what is said of organisations and projects:
 * words, places on the map, the CCP label, documents. A second time, over plain texts; nothing of
 * cgi-bin/ledger is asked. See tests/ledger/model.h.
 */
#ifndef TESTS_LEDGER_MODEL_ABOUT_H
#define TESTS_LEDGER_MODEL_ABOUT_H

#include <stdio.h>

#include "ledger/model.h"

/* What came of the last judgement below beside its status: which field it is about. */
static int m_field;

static inline enum status m_says(enum status status, enum command_field field)
{
    m_field = (int)field;
    return status;
}

/* ---- texts ---- */

static inline bool m_is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* One line of least to most characters, no control characters, no space at its ends. */
static inline bool m_line_fits(const char *text, int least, int most)
{
    int characters = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != 0; at++) {
        if (*at < 0x20 || *at == 0x7f) {
            return false;
        }
        characters += (*at & 0xc0) != 0x80;
    }
    size_t bytes = strlen(text);
    bool is_spaced = bytes > 0 && (text[0] == ' ' || text[bytes - 1] == ' ');
    return characters >= least && characters <= most && !is_spaced;
}

/* Labels of small letters, digits and hyphens, two at least; or nothing. */
static inline bool m_domain_fits(const char *text)
{
    int labels = 1;
    char before = '.';
    for (const char *at = text; *at != '\0'; at++) {
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
        if (!(is_letter || *at == '-' || *at == '.') || (*at == '.' && before == '.')) {
            return false;
        }
        labels += *at == '.';
        before = *at;
    }
    return *text == '\0' || (labels > 1 && before != '.' && before != '-' && text[0] != '-');
}

static inline bool m_date_fits(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0;
    int month = 0;
    int day = 0;
    if (*text == '\0') {
        return true;
    }
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3) {
        return false;
    }
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* Three capital letters; the model knows two countries by name, and one code of none. */
static inline bool m_country_fits(const char *code)
{
    return m_is(code, "SWE") || m_is(code, "CHL") || m_is(code, "EUE");
}

static inline enum status m_point_says(const struct m_said *said)
{
    const struct location *point = &said->point;
    bool is_on_globe = point->latitude_udeg >= -90000000 && point->latitude_udeg <= 90000000 &&
                       point->longitude_udeg >= -180000000 && point->longitude_udeg <= 180000000;
    bool is_nowhere = point->latitude_udeg == 0 && point->longitude_udeg == 0;
    if (point->is_known ? !is_on_globe : !is_nowhere) {
        return m_says(STATUS_VALUE_REFUSED, FIELD_LOCATION);
    }
    if (point->is_known && !m_is(said->country, "SWE") && !m_is(said->country, "CHL")) {
        return m_says(STATUS_VALUE_REFUSED, FIELD_COUNTRY);
    }
    return m_says(STATUS_OK, FIELD_NONE);
}

/* ---- organisations and projects ---- */

/* Two that differ only in capitals are the same. */
static inline bool m_same_letters(const char *one, const char *other)
{
    for (; *one != '\0' && *other != '\0'; one++, other++) {
        int a = *one >= 'A' && *one <= 'Z' ? *one + 32 : *one;
        int b = *other >= 'A' && *other <= 'Z' ? *other + 32 : *other;
        if (a != b) {
            return false;
        }
    }
    return *one == *other;
}

static inline enum status m_judge_org(int org, const struct m_said *said)
{
    if (org < 0) {
        return m_says(STATUS_NOT_FOUND, FIELD_NONE);
    }
    for (int i = 0; i < ORGS; i++) {
        if (i != org && m_same_letters(m.orgs[i].said.name, said->name)) {
            return m_says(STATUS_EXISTS, FIELD_NAME);
        }
    }
    for (int i = 0; i < ORGS; i++) {
        if (i != org && said->domain[0] != '\0' && m_is(m.orgs[i].said.domain, said->domain)) {
            return m_says(STATUS_EXISTS, FIELD_DOMAIN);
        }
    }
    bool country_fits = said->country[0] == '\0' || m_country_fits(said->country);
    enum command_field field = !m_line_fits(said->name, 1, 120)      ? FIELD_NAME
                               : !m_domain_fits(said->domain)        ? FIELD_DOMAIN
                               : !country_fits                       ? FIELD_COUNTRY
                               : !m_line_fits(said->summary, 0, 256) ? FIELD_SUMMARY
                               : !m_line_fits(said->place, 0, 120)   ? FIELD_PLACE
                                                                     : FIELD_NONE;
    return field == FIELD_NONE ? m_point_says(said) : m_says(STATUS_VALUE_REFUSED, field);
}

static inline bool m_has_units(int project)
{
    bool has = false;
    for (int i = 0; i < VINTAGES; i++) {
        has = has || m.projects[project].next[i] > 1;
    }
    return has;
}

static inline bool m_code_fits(const char *code)
{
    size_t bytes = strlen(code);
    for (size_t i = 0; i < bytes; i++) {
        if (!((code[i] >= 'A' && code[i] <= 'Z') || (code[i] >= '0' && code[i] <= '9'))) {
            return false;
        }
    }
    return bytes >= 1 && bytes <= 16;
}

/* What is in every serial number that was ever given out never changes. */
static inline enum status m_judge_fixed(int project, int org, const struct m_said *said)
{
    const struct m_project *now = &m.projects[project];
    if (!m_has_units(project)) {
        return m_says(STATUS_OK, FIELD_NONE);
    }
    enum command_field field = org != now->org                           ? FIELD_SUPPLIER
                               : !m_is(said->code, now->said.code)       ? FIELD_CODE
                               : !m_is(said->country, now->said.country) ? FIELD_COUNTRY
                               : said->instrument != now->instrument     ? FIELD_PROJECT
                                                                         : FIELD_NONE;
    return m_says(field == FIELD_NONE ? STATUS_OK : STATUS_VALUE_REFUSED, field);
}

/* org: the supplier that is named, NONE or STRANGER. */
static inline enum status m_judge_project(int project, int org, const struct m_said *said)
{
    if (org < 0) {
        return m_says(STATUS_SENDER_UNKNOWN, FIELD_SUPPLIER);
    }
    if (m.orgs[org].state == ORG_CLOSED) {
        return m_says(STATUS_SENDER_CLOSED, FIELD_SUPPLIER);
    }
    if (org >= SUPPLIERS) {
        return m_says(STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER);
    }
    for (int i = 0; i < PROJECTS; i++) {
        if (i != project && m_is(m.projects[i].said.code, said->code)) {
            return m_says(STATUS_EXISTS, FIELD_CODE);
        }
    }
    if (project < 0) {
        return m_says(STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    bool is_removal = said->instrument == (int)INSTRUMENT_CARBON_REMOVAL;
    enum command_field field = !m_line_fits(said->name, 1, 400)    ? FIELD_NAME
                               : !m_code_fits(said->code)          ? FIELD_CODE
                               : !m_country_fits(said->country)    ? FIELD_COUNTRY
                               : m_is(said->status, "ready")       ? FIELD_SETTING
                               : !m_line_fits(said->place, 0, 484) ? FIELD_PROJECT
                               : said->ccp && !is_removal          ? FIELD_LABEL
                                                                   : FIELD_NONE;
    if (field != FIELD_NONE) {
        return m_says(STATUS_VALUE_REFUSED, field);
    }
    enum status status = m_point_says(said);
    return status == STATUS_OK ? m_judge_fixed(project, org, said) : status;
}

/* ---- documents ---- */

static inline int m_documents_of(int project)
{
    int count = 0;
    for (int i = 0; i < m.document_count; i++) {
        count += m.documents[i].project == project;
    }
    return count;
}

/* A document is a link under a name: once a project while it is there, a hundred at most. */
static inline enum status m_judge_document(int project, const char *name, const char *url, int kind,
                                           const char *dated)
{
    if (project < 0) {
        return m_says(STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    static const char site[] = "https://docs.example.org/";
    bool is_link = strncmp(url, site, sizeof(site) - 1) == 0 && strpbrk(url, " '") == NULL;
    enum command_field field = !m_line_fits(name, 1, 256) ? FIELD_NAME
                               : !is_link                 ? FIELD_SYSTEM
                               : kind < 0 || kind > 5     ? FIELD_SETTING
                               : !m_date_fits(dated)      ? FIELD_DATE
                                                          : FIELD_NONE;
    if (field != FIELD_NONE) {
        return m_says(STATUS_VALUE_REFUSED, field);
    }
    for (int i = 0; i < m.document_count; i++) {
        if (m.documents[i].project == project && m_is(m.documents[i].url, url)) {
            return m_says(STATUS_EXISTS, FIELD_SYSTEM);
        }
    }
    return m_documents_of(project) >= 100 ? m_says(STATUS_VALUE_REFUSED, FIELD_AMOUNT)
                                          : m_says(STATUS_OK, FIELD_NONE);
}

static inline void m_add_document(const struct m_document *document)
{
    must(m.document_count < M_DOCUMENTS_MAX);
    m.documents[m.document_count++] = *document;
}

/* document: its number; NONE: not one that is there. It is the project's, or it is not there. */
static inline enum status m_judge_removal(int project, int document)
{
    if (project < 0) {
        return m_says(STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    bool is_there = document >= 0 && m.documents[document].project == project;
    return m_says(is_there ? STATUS_OK : STATUS_NOT_FOUND, FIELD_NONE);
}

static inline void m_remove_document(int document)
{
    memcpy(m.removed_document, m.documents[document].id, ID_SIZE);
    m.removed_project = m.documents[document].project;
    m.removed_count++;
    m.documents[document] = m.documents[--m.document_count];
}

#endif
