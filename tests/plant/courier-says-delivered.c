/*
 * plant/courier-says-delivered.c: a planted bug (plant/ledger-commit-lost.c says how): whatever was
 * sent whole counts as delivered, answered or not.
 *
 * wraps: judge
 */
#include "courier/judge.h"

struct judged __real_judge(const struct webhook *webhook, const struct queued *queued,
                           const struct sent *sent, int64_t now_us, uint32_t chance, int64_t hurry);
struct judged __wrap_judge(const struct webhook *webhook, const struct queued *queued,
                           const struct sent *sent, int64_t now_us, uint32_t chance, int64_t hurry);

struct judged __wrap_judge(const struct webhook *webhook, const struct queued *queued,
                           const struct sent *sent, int64_t now_us, uint32_t chance, int64_t hurry)
{
    struct judged judged = __real_judge(webhook, queued, sent, now_us, chance, hurry);
    if (sent->http_code == 0) {
        judged = (struct judged){.is_delivered = true};
    }
    return judged;
}
