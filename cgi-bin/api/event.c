/* api/event.c: see api/event.h. */
#include "api/event.h"

void event_write(struct json *json, const char *name, const struct events_row *event)
{
    json_open(json, name);
    json_text(json, "type", event_kind_word(event->kind));
    json_time(json, "timestamp", event->at);
    json_int(json, "seq", event->seq);
    json_open(json, "data");
    json_text_or_null(json, "id", event->subject_id);
    json_text_or_null(json, "organisation_id", event->org_id);
    json_text_or_null(json, "other_organisation_id", event->other_org_id);
    json_bool(json, "is_public", event->is_public);
    json_close(json);
    json_close(json);
}
