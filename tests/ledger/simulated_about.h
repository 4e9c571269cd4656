/*
 * tests/ledger/simulated_about.h: the acts of tests/ledger/simulator.c that say something of
 * organisations and projects, and that add and remove documents. Refusals are compared with the
 * field that they are about. See tests/ledger/simulated_acts.h.
 */
#ifndef TESTS_LEDGER_SIMULATED_ABOUT_H
#define TESTS_LEDGER_SIMULATED_ABOUT_H

#include "ledger/model_about.h"
#include "ledger/simulated.h"

static int64_t names_given; /* so far, so that each is another */
static int64_t overfull;    /* documents refused for being one too many */

static const char *const document_words[] = {"project_design",    "validation_report",
                                             "monitoring_report", "verification_report",
                                             "protocol",          "other"};

/* What is learned of the registry at the beginning. */
static void learn_said(void)
{
    for (int i = 0; i < ORGS; i++) {
        sqlite3_stmt *statement = prepare("SELECT name FROM organisation WHERE org_id = ?1");
        sqlite3_bind_text(statement, 1, m.orgs[i].id, -1, SQLITE_STATIC);
        must(sqlite3_step(statement) == SQLITE_ROW);
        must(TEXT_COPY(m.orgs[i].said.name, (const char *)sqlite3_column_text(statement, 0)));
        sqlite3_finalize(statement);
    }
    for (int i = 0; i < PROJECTS; i++) {
        struct m_said *said = &m.projects[i].said;
        sqlite3_stmt *statement =
            prepare("SELECT name, short_code, country, status FROM project WHERE project_id = ?1");
        sqlite3_bind_text(statement, 1, m.projects[i].id, -1, SQLITE_STATIC);
        must(sqlite3_step(statement) == SQLITE_ROW);
        must(TEXT_COPY(said->name, (const char *)sqlite3_column_text(statement, 0)));
        must(TEXT_COPY(said->code, (const char *)sqlite3_column_text(statement, 1)));
        must(TEXT_COPY(said->country, (const char *)sqlite3_column_text(statement, 2)));
        must(TEXT_COPY(said->status, (const char *)sqlite3_column_text(statement, 3)));
        said->instrument = m.projects[i].instrument;
        sqlite3_finalize(statement);
    }
}

/* Status, and the field where the model names one. */
static bool settle_field(const struct command *command, int person, enum status expected,
                         const struct answer *answer)
{
    bool done = settle(command, person, expected, answer);
    if (!done && expected != STATUS_NOT_ALLOWED && answer->field != m_field) {
        printf("the field is %d by the model\n", m_field);
        fail("field", command, expected, answer);
    }
    return done;
}

/* ---- words and places by chance ---- */

/* As many characters as are allowed, or one more; of two bytes each. */
static void fill_line(char *text, size_t room_bytes, int characters)
{
    must(2 * (size_t)characters < room_bytes);
    for (int i = 0; i < characters; i++) {
        memcpy(text + 2 * (size_t)i, "å", 2);
    }
    text[2 * (size_t)characters] = '\0';
}

/* most: characters allowed, of at least two bytes each in the room. */
static void pick_line_of_words(char *text, size_t room_bytes, const char *word, int most)
{
    int dice = below(100);
    if (dice < 6) {
        fill_line(text, room_bytes, most + (dice < 3 ? 0 : 1));
        return;
    }
    (void)snprintf(text, room_bytes, "%s%s %lld%s",
                   dice < 8    ? " "
                   : dice < 10 ? "a\tb "
                               : "",
                   word, (long long)++names_given, dice < 12 && dice >= 10 ? " " : "");
    text[0] = dice >= 12 && dice < 30 ? '\0' : text[0];
}

static void pick_country(char country[8])
{
    static const char *const codes[] = {"SWE", "SWE", "CHL", "CHL", "EUE", "SE", "swe", ""};
    (void)snprintf(country, 8, "%s", codes[below(chance(80) ? 4 : 8)]);
}

static struct location pick_point(void)
{
    struct location point = {.is_known = !chance(30)};
    if (!point.is_known && !chance(10)) {
        return point; /* now and then what is not known is somewhere all the same */
    }
    point.latitude_udeg = below(2 * INT64_C(90000000) + 1) - 90000000;
    point.longitude_udeg = below(2 * INT64_C(180000000) + 1) - 180000000;
    if (chance(10)) {
        point.latitude_udeg = (chance(50) ? 90000000 : -90000000) + below(3) - 1;
        point.longitude_udeg = (chance(50) ? 180000000 : -180000000) + below(3) - 1;
    }
    return point;
}

/* ---- organisations ---- */

static void act_edit_org(void)
{
    int org = pick_org();
    int asker = pick_official();
    struct m_said said = m.orgs[org < 0 ? 0 : org].said;
    int other = below(ORGS);
    int dice = below(100);
    if (dice < 8) {
        memcpy(said.name, m.orgs[other].said.name, sizeof(said.name));
        said.name[0] =
            (char)(said.name[0] >= 'A' && said.name[0] <= 'Z' ? said.name[0] + 32 : said.name[0]);
    } else if (dice < 30) {
        pick_line_of_words(said.name, sizeof(said.name), "Org", 120);
    }
    if (chance(30)) {
        static const char *const bad[] = {"nodot", "-a.example.org", "a..example.org", "A.org"};
        (void)snprintf(said.domain, sizeof(said.domain), "org%d.example.org", below(12));
        if (chance(15)) {
            must(TEXT_COPY(said.domain, chance(50) ? "" : bad[below(4)]));
        }
    }
    if (chance(40)) {
        pick_country(said.country);
    }
    if (chance(60)) {
        pick_line_of_words(said.summary, sizeof(said.summary), "Spreads basalt in", 256);
    }
    if (chance(60)) {
        pick_line_of_words(said.place, sizeof(said.place), "Gävle", 120);
    }
    if (chance(60)) {
        said.point = pick_point();
    }
    struct command command = command_by(ACT_EDIT_ORGANISATION, asker);
    struct command_organisation *body = &command.organisation;
    must(TEXT_COPY(body->org_id, org_id(org)) && TEXT_COPY(body->name, said.name) &&
         TEXT_COPY(body->domain, said.domain) && TEXT_COPY(body->country, said.country) &&
         TEXT_COPY(body->short_description, said.summary) && TEXT_COPY(body->place, said.place));
    body->location = said.point;
    body->is_supplier = org >= 0 && org < SUPPLIERS && chance(50); /* one that is stays one */
    m_field = FIELD_NONE;
    enum status expected =
        may_ask(ACT_EDIT_ORGANISATION, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK ? m_judge_org(org, &said) : expected;
    struct answer answer;
    ask(&command, asker, &answer);
    if (settle_field(&command, asker, expected, &answer)) {
        m.orgs[org].said = said;
    }
}

/* ---- projects ---- */

static void pick_fixed(int project, int *org, struct m_said *said)
{
    switch (below(4)) {
    case 0:
        *org = chance(20) ? STRANGER : below(chance(80) ? SUPPLIERS : ORGS);
        break;
    case 1:
        (void)snprintf(said->code, sizeof(said->code), "Q%lld", (long long)++names_given);
        if (chance(40)) {
            must(TEXT_COPY(said->code, chance(50) ? "q-1" : m.projects[below(PROJECTS)].said.code));
        }
        break;
    case 2:
        pick_country(said->country);
        break;
    default:
        /* Without units it could be the other one; both kinds shall be there. */
        if (project >= 0 && m_has_units(project)) {
            said->instrument = said->instrument == (int)INSTRUMENT_CARBON_REMOVAL
                                   ? (int)INSTRUMENT_RENEWABLE_ENERGY
                                   : (int)INSTRUMENT_CARBON_REMOVAL;
        }
        break;
    }
}

static void act_edit_project(void)
{
    int project = chance(3) ? STRANGER : below(PROJECTS);
    int asker = pick_official();
    const struct m_project *now = &m.projects[project < 0 ? 0 : project];
    struct m_said said = now->said;
    int org = now->org;
    if (project == STRANGER) {
        must(TEXT_COPY(said.code, "NEWONE"));
    }
    if (chance(25)) {
        pick_line_of_words(said.name, sizeof(said.name), "Project", 240);
    }
    if (chance(40)) {
        pick_line_of_words(said.place, sizeof(said.place), "Gävle", 240);
    }
    if (chance(50)) {
        said.point = pick_point();
    }
    if (chance(50)) {
        said.ccp = !said.ccp;
    }
    if (chance(30)) {
        must(TEXT_COPY(said.status, chance(10)   ? "ready"
                                    : chance(50) ? "validated"
                                                 : "under_validation"));
    }
    if (chance(25)) {
        pick_fixed(project, &org, &said);
    }
    struct command command = command_by(ACT_EDIT_PROJECT, asker);
    struct command_project *body = &command.project;
    must(TEXT_COPY(body->project_id,
                   project == STRANGER ? "prj_ZZZZZZZZZZZZZZZZ" : m.projects[project].id) &&
         TEXT_COPY(body->org_id, org_id(org)) && TEXT_COPY(body->name, said.name) &&
         TEXT_COPY(body->short_code, said.code) && TEXT_COPY(body->country, said.country) &&
         TEXT_COPY(body->place, said.place) && TEXT_COPY(body->status, said.status) &&
         TEXT_COPY(body->pathway_code,
                   now->instrument == (int)INSTRUMENT_CARBON_REMOVAL ? "BIOCHAR" : "WIND"));
    body->instrument = (uint8_t)said.instrument;
    body->location = said.point;
    body->ccp_approved = said.ccp;
    m_field = FIELD_NONE;
    enum status expected =
        may_ask(ACT_EDIT_PROJECT, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK ? m_judge_project(project, org, &said) : expected;
    struct answer answer;
    ask(&command, asker, &answer);
    if (settle_field(&command, asker, expected, &answer)) {
        m.projects[project].said = said;
        m.projects[project].org = org;
    }
}

/* ---- documents ---- */

/* Its id is not in the answer, which names the project. */
static void learn_document(struct m_document *document)
{
    sqlite3_stmt *statement = prepare("SELECT document_id FROM project_document WHERE project_id ="
                                      " ?1 AND url = ?2 AND removed_at IS NULL");
    sqlite3_bind_text(statement, 1, m.projects[document->project].id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, document->url, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_ROW) {
        printf("FAILED after %lld acts: a document was added and is not there\n",
               (long long)acts_done);
        exit(1);
    }
    must(TEXT_COPY(document->id, (const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
}

static void act_add_document(int project, int asker)
{
    static const char *const dates[] = {"",           "2024-02-29", "2025-12-31", "2023-02-29",
                                        "2025-13-01", "2025-1-1",   "soon"};
    struct m_document document = {.project = project, .kind = below(chance(3) ? 8 : 6)};
    pick_line_of_words(document.name, sizeof(document.name), "Report", 256);
    (void)snprintf(document.url, sizeof(document.url), "%s/%d",
                   chance(3) ? "http://docs.example.org" : "https://docs.example.org", below(400));
    if (chance(3)) {
        must(TEXT_COPY(document.url, chance(50) ? "" : "https://docs.example.org/a b"));
    }
    const char *dated = dates[below(chance(10) ? 7 : 3)];
    must(TEXT_COPY(document.dated, dated));
    struct command command = command_by(ACT_ADD_DOCUMENT, asker);
    struct command_document *body = &command.document;
    must(TEXT_COPY(body->project_id,
                   project < 0 ? "prj_ZZZZZZZZZZZZZZZZ" : m.projects[project].id) &&
         TEXT_COPY(body->name, document.name) && TEXT_COPY(body->url, document.url) &&
         TEXT_COPY(body->dated, dated));
    body->kind = (uint8_t)document.kind;
    bool has_key = !chance(3);
    command.key[0] = (char)(has_key ? command.key[0] : '\0');
    m_field = has_key ? FIELD_NONE : FIELD_KEY;
    enum status expected = !may_ask(ACT_ADD_DOCUMENT, asker) ? STATUS_NOT_ALLOWED
                           : !has_key                        ? STATUS_VALUE_REFUSED
                                                             : m_right_registry(asker);
    if (expected == STATUS_OK) {
        expected = m_judge_document(project, document.name, document.url, document.kind, dated);
    }
    struct answer answer;
    ask(&command, asker, &answer);
    overfull += expected == STATUS_VALUE_REFUSED && m_field == (int)FIELD_AMOUNT;
    if (settle_field(&command, asker, expected, &answer)) {
        learn_document(&document);
        m_add_document(&document);
    }
}

static void act_remove_document(int project, int asker)
{
    int document = m.document_count == 0 ? NONE : below(m.document_count);
    for (int i = 0; i < 20 && document != NONE && m.documents[document].project != project; i++) {
        document = below(m.document_count); /* mostly one of the project */
    }
    const char *id = document == NONE ? "pjd_ZZZZZZZZZZZZZZZZ" : m.documents[document].id;
    if (chance(10) && m.removed_count > 0) {
        id = m.removed_document;
        document = NONE;
        project = chance(80) ? m.removed_project : project;
    }
    struct command command = command_by(ACT_REMOVE_DOCUMENT, asker);
    must(TEXT_COPY(command.document.document_id, id) &&
         TEXT_COPY(command.document.project_id,
                   project < 0 ? "prj_ZZZZZZZZZZZZZZZZ" : m.projects[project].id));
    m_field = FIELD_NONE;
    enum status expected =
        may_ask(ACT_REMOVE_DOCUMENT, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    expected = expected == STATUS_OK ? m_judge_removal(project, document) : expected;
    struct answer answer;
    ask(&command, asker, &answer);
    if (settle_field(&command, asker, expected, &answer)) {
        m_remove_document(document);
    }
}

/* The first project has more added than removed, until it has as many as it may. */
static void act_about(void)
{
    int dice = below(100);
    if (dice < 20) {
        act_edit_org();
    } else if (dice < 40) {
        act_edit_project();
    } else {
        int project = chance(2) ? STRANGER : chance(60) ? 0 : below(PROJECTS);
        int asker = chance(60) ? NONE : pick_official();
        if (chance(project == 0 ? 85 : 55)) {
            act_add_document(project, asker);
        } else {
            act_remove_document(project, asker);
        }
    }
}

/* ---- comparing everything ---- */

static bool said_is(sqlite3_stmt *statement, int column, const char *text)
{
    const char *found = (const char *)sqlite3_column_text(statement, column);
    return strcmp(found == NULL ? "" : found, text) == 0;
}

/* Two columns. */
static bool point_is(sqlite3_stmt *statement, int column, const struct location *point)
{
    bool is_known = sqlite3_column_type(statement, column) != SQLITE_NULL;
    return is_known == point->is_known &&
           sqlite3_column_int64(statement, column) == point->latitude_udeg &&
           sqlite3_column_int64(statement, column + 1) == point->longitude_udeg;
}

static bool orgs_are_same(void)
{
    bool same = true;
    sqlite3_stmt *statement =
        prepare("SELECT name, domain, country, short_description, place, latitude_udeg,"
                " longitude_udeg, supplier_id IS NOT NULL FROM organisation WHERE org_id = ?1");
    for (int i = 0; i < ORGS; i++) {
        const struct m_said *said = &m.orgs[i].said;
        sqlite3_bind_text(statement, 1, m.orgs[i].id, -1, SQLITE_STATIC);
        same = same && sqlite3_step(statement) == SQLITE_ROW && said_is(statement, 0, said->name) &&
               said_is(statement, 1, said->domain) && said_is(statement, 2, said->country) &&
               said_is(statement, 3, said->summary) && said_is(statement, 4, said->place) &&
               point_is(statement, 5, &said->point) &&
               sqlite3_column_int(statement, 7) == (i < SUPPLIERS);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return same;
}

static bool projects_are_same(void)
{
    bool same = true;
    sqlite3_stmt *statement =
        prepare("SELECT name, short_code, country, status, place, latitude_udeg, longitude_udeg,"
                " ccp_approved, org_id, instrument FROM project WHERE project_id = ?1");
    for (int i = 0; i < PROJECTS; i++) {
        const struct m_project *project = &m.projects[i];
        const struct m_said *said = &project->said;
        bool is_removal = project->instrument == (int)INSTRUMENT_CARBON_REMOVAL;
        sqlite3_bind_text(statement, 1, project->id, -1, SQLITE_STATIC);
        same = same && sqlite3_step(statement) == SQLITE_ROW && said_is(statement, 0, said->name) &&
               said_is(statement, 1, said->code) && said_is(statement, 2, said->country) &&
               said_is(statement, 3, said->status) && said_is(statement, 4, said->place) &&
               point_is(statement, 5, &said->point) &&
               sqlite3_column_int(statement, 7) == said->ccp &&
               said_is(statement, 8, m.orgs[project->org].id) &&
               said_is(statement, 9, is_removal ? "carbon_removal" : "renewable_energy");
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return same;
}

/* Those that are there, each as it was added; and how many were taken away. */
static bool documents_are_same(void)
{
    sqlite3_stmt *counts = prepare("SELECT count(*) FILTER (WHERE removed_at IS NULL),"
                                   " count(removed_at) FROM project_document");
    bool same = sqlite3_step(counts) == SQLITE_ROW &&
                sqlite3_column_int(counts, 0) == m.document_count &&
                sqlite3_column_int(counts, 1) == m.removed_count;
    sqlite3_finalize(counts);
    sqlite3_stmt *statement =
        prepare("SELECT project_id, name, url, kind, dated FROM project_document"
                " WHERE document_id = ?1 AND removed_at IS NULL");
    for (int i = 0; i < m.document_count; i++) {
        const struct m_document *document = &m.documents[i];
        sqlite3_bind_text(statement, 1, document->id, -1, SQLITE_STATIC);
        same = same && sqlite3_step(statement) == SQLITE_ROW &&
               said_is(statement, 0, m.projects[document->project].id) &&
               said_is(statement, 1, document->name) && said_is(statement, 2, document->url) &&
               said_is(statement, 3, document_words[document->kind]) &&
               said_is(statement, 4, document->dated);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return same;
}

#endif
