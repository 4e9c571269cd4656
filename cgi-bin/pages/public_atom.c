/* pages/public_atom.c: the newest completed transfers as an Atom feed (RFC 4287). The ids are the
 * transfers' own addresses. */
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/public.h"
#include "store/site.h"

#define ENTRIES_MAX 50

static void element(struct out *out, const char *name, const char *text)
{
    out_text(out, "<");
    out_text(out, name);
    out_text(out, ">");
    out_xml(out, text);
    out_text(out, "</");
    out_text(out, name);
    out_text(out, ">\n");
}

/* The address, its kind of relation and of content ("" not said). */
static void link_to(struct out *out, const char *relation, const char *type, struct url url)
{
    out_text(out, "<link rel=\"");
    out_xml(out, relation);
    if (!text_empty(type)) {
        out_text(out, "\" type=\"");
        out_xml(out, type);
    }
    out_text(out, "\" href=\"");
    out_xml(out, url.text);
    out_text(out, "\"/>\n");
}

/* Redaction is a change of the entry. */
static int64_t updated_at(const struct public_transfer *transfer)
{
    int64_t redacted_at = transfer->note_redacted_at;
    return redacted_at > transfer->ended_at ? redacted_at : transfer->ended_at;
}

static const char *party_of(struct arena *arena, const struct public_transfer *transfer)
{
    if (!text_is(transfer->kind, "export")) {
        return transfer->to_name;
    }
    return arena_printf(arena, "%s (another registry)", transfer->to_system);
}

static const char *summary_of(struct arena *arena, const struct public_transfer *transfer)
{
    const char *project = text_empty(transfer->project_name) ? "" : transfer->project_name;
    const char *note = transfer->note_redacted_at != 0 ? public_redacted(arena, transfer)
                       : text_empty(transfer->notes)
                           ? "Without a note"
                           : arena_printf(arena, "Note: “%s”", transfer->notes);
    return arena_printf(arena, "%s%s. %s.", project,
                        transfer->has_more_projects ? " and other projects" : "", note);
}

static void entry(struct out *out, struct arena *arena, const struct site *site,
                  const struct public_transfer *transfer)
{
    struct url url =
        url_absolute(arena, site->url, public_transfer_url(arena, transfer->transfer_id));
    out_text(out, "<entry>\n");
    element(out, "id", url.text);
    element(out, "title",
            arena_printf(arena, "%s from %s to %s",
                         quantity_words(arena, transfer->units, transfer->instrument),
                         transfer->from_name, party_of(arena, transfer)));
    element(out, "published", clock_iso(arena, transfer->ended_at));
    element(out, "updated", clock_iso(arena, updated_at(transfer)));
    link_to(out, "alternate", "text/html", url);
    element(out, "summary", summary_of(arena, transfer));
    out_text(out, "</entry>\n");
}

enum status public_atom_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct site site = site_read(visit->registry, arena);
    const struct public_transfer_filter all = {.from_at = INT64_MIN};
    const struct window window = {.descending = true, .behind = "", .most = ENTRIES_MAX};
    struct public_transfers found =
        public_transfers_list(visit->registry, arena, &all, PUBLIC_TRANSFER_BY_TIME, &window);
    int64_t updated = 1; /* a feed says when it changed; one without entries never did */
    for (size_t i = 0; i < found.count; i++) {
        int64_t at = updated_at(&found.at[i]);
        updated = at > updated ? at : updated;
    }

    struct out *out = &response->body;
    struct url self = url_absolute(arena, site.url, url_path(arena, "/registry/transfers.atom"));
    struct url list = url_absolute(arena, site.url, url_path(arena, "/registry/transfers"));
    out_text(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                  "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
    element(out, "id", self.text);
    element(out, "title", arena_printf(arena, "Completed transfers – %s", site.name));
    element(out, "updated", clock_iso(arena, updated));
    out_text(out, "<author>\n");
    element(out, "name", site.name);
    out_text(out, "</author>\n");
    link_to(out, "self", "application/atom+xml", self);
    link_to(out, "alternate", "text/html", list);
    for (size_t i = 0; i < found.count; i++) {
        entry(out, arena, &site, &found.at[i]);
    }
    out_text(out, "</feed>\n");
    response->content_type = "application/atom+xml; charset=utf-8";
    return public_show(visit, response);
}
