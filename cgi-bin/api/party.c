/* api/party.c: see api/party.h. */
#include "api/party.h"

#include "api/api.h"
#include "api/list.h"
#include "base/text.h"
#include "model/country.h"
#include "store/api_beneficiaries.h"

static const struct query_form suppliers_query = {.list = "suppliers", .is_paged = true};
static const struct query_form transferees_query = {.list = "transferees", .is_paged = true};

static enum status show(struct visit *visit, struct response *response, bool is_found,
                        void (*write)(struct json *, const char *, const struct api_party *),
                        const struct api_party *party);
static bool write_supplier_row(struct json *json, struct visit *visit, const char *id,
                               struct page_end *end);
static bool write_party_row(struct json *json, struct visit *visit, const char *id,
                            struct page_end *end);

void party_write(struct json *json, const char *name, const struct api_party *party)
{
    json_open(json, name);
    json_text(json, "id", party->org_id);
    json_text(json, "name", party->name);
    json_text_or_null(json, "domain", party->domain);
    json_close(json);
}

void supplier_write(struct json *json, const char *name, const struct api_party *party)
{
    json_open(json, name);
    json_text(json, "id", party->supplier_id);
    json_text_or_null(json, "short_description", party->short_description);
    json_text_or_null(json, "long_description", party->description);
    party_write(json, "organisation", party);
    location_write(json, "location", party->place, party->country, &party->location);
    json_close(json);
}

void location_write(struct json *json, const char *name, const char *place, const char *country,
                    const struct location *location)
{
    if (!location->is_known) {
        json_none(json, name);
        return;
    }
    char latitude[LOCATION_NUMBER_SIZE];
    char longitude[LOCATION_NUMBER_SIZE];
    const char *country_words = country_name(country);
    json_open(json, name);
    json_text(json, "country_code", country);
    json_text(json, "country_name", country_words);
    json_number(json, "latitude", location_number(location->latitude_udeg, latitude));
    json_number(json, "longitude", location_number(location->longitude_udeg, longitude));
    json_text_or_null(json, "description", text_is(place, country_words) ? "" : place);
    json_close(json);
}

enum status organisation_mine_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, visit->org_id, &party);
    return show(visit, response, is_found, party_write, &party);
}

/* An organisation, or a beneficiary that the caller's organisation named (POST /beneficiary), whose
 * id has the same form; other organisations' are not there. */
enum status organisation_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_beneficiary_find(visit->registry, visit->arena, visit->org_id,
                                         visit->arguments[0], &party);
    return show(visit, response, is_found, party_write, &party);
}

enum status supplier_mine_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, visit->org_id, &party) &&
                    !text_empty(party.supplier_id);
    return show(visit, response, is_found, supplier_write, &party);
}

enum status supplier_get(struct visit *visit, struct response *response)
{
    struct api_party party;
    bool is_found = api_supplier_find(visit->registry, visit->arena, visit->arguments[0], &party);
    return show(visit, response, is_found, supplier_write, &party);
}

enum status suppliers_get(struct visit *visit, struct response *response)
{
    struct list list = {.form = &suppliers_query, .subject = "", .write = write_supplier_row};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = api_suppliers(visit->registry, visit->arena, &list.ask);
        list.total_count = api_suppliers_count(visit->registry);
        list_write(visit, response, &list);
    }
    return status;
}

/* Whom the caller's organisation can send to: every active organisation but itself. */
enum status transferees_get(struct visit *visit, struct response *response)
{
    struct list list = {
        .form = &transferees_query, .subject = visit->org_id, .write = write_party_row};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = api_transferees(visit->registry, visit->arena, visit->org_id, &list.ask);
        list.total_count = api_transferees_count(visit->registry, visit->org_id);
        list_write(visit, response, &list);
    }
    return status;
}

static enum status show(struct visit *visit, struct response *response, bool is_found,
                        void (*write)(struct json *, const char *, const struct api_party *),
                        const struct api_party *party)
{
    enum status status = list_no_query(visit);
    if (status != STATUS_OK || !is_found) {
        return status != STATUS_OK ? status : STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    write(&json, NULL, party);
    return STATUS_OK;
}

static bool write_supplier_row(struct json *json, struct visit *visit, const char *id,
                               struct page_end *end)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, id, &party);
    if (is_found) {
        supplier_write(json, NULL, &party);
        end->text = party.name;
    }
    return is_found;
}

static bool write_party_row(struct json *json, struct visit *visit, const char *id,
                            struct page_end *end)
{
    struct api_party party;
    bool is_found = api_party_find(visit->registry, visit->arena, id, &party);
    if (is_found) {
        party_write(json, NULL, &party);
        end->text = party.name;
    }
    return is_found;
}

void redaction_write(struct json *json, const char *at_name, const char *reason_name,
                     struct redaction redaction)
{
    json_time(json, at_name, redaction.at);
    json_text_or_null(json, reason_name, redaction.reason);
}
