/*
 * pages/admin_about.h: what administrators write about suppliers and projects besides their words:
 * a place on the map, and documents.
 */
#ifndef PAGES_ADMIN_ABOUT_H
#define PAGES_ADMIN_ABOUT_H

#include "gate/gate.h"
#include "model/location.h"
#include "pages/admin.h"

/* Rows of a form that has a place on the map. */
#define ADMIN_LOCATION_FIELDS                                                                      \
    {.name = "latitude", .kind = VALUE_LINE, .chars_max = 30, .label = "Latitude"},                \
    {                                                                                              \
        .name = "longitude", .kind = VALUE_LINE, .chars_max = 30, .label = "Longitude"             \
    }
/* Its two fields. */
void admin_location_fields(struct admin_form *form, const struct location *location);
/* Reads them; what is wrong stands beside its field. */
struct location admin_location_read(struct visit *visit);

extern const struct form admin_document_form;
extern const struct form admin_document_remove_form;

enum status admin_documents_get(struct visit *visit, struct response *response);
enum status admin_document_new_get(struct visit *visit, struct response *response);
enum status admin_document_new_post(struct visit *visit, struct response *response);
enum status admin_document_remove_get(struct visit *visit, struct response *response);
enum status admin_document_remove_post(struct visit *visit, struct response *response);

#endif
