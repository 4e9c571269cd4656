/*
 * signin.c: signing in and out, passwords, one's own sessions. The only program that links
 * libscrypt and reads password hashes; it opens people.db alone. Run as many processes of it as
 * there are processors: each makes one hash at a time (gate/password.h).
 */
#include "pages/signin.h"
#include "store/people_link.h"
#include "store/people_password.h"
#include "store/people_person.h"
#include "store/people_throttle.h"

static const struct route routes[] = {
    {METHOD_GET, "/sign-in", NEED_NOBODY, &sign_in_get_form, sign_in_get},
    {METHOD_POST, "/sign-in", NEED_NOBODY, &sign_in_post_form, sign_in_post},
    {METHOD_POST, "/sign-out", NEED_PERSON, NULL, sign_out_post},
    {METHOD_GET, "/sign-in/sessions", NEED_PERSON, NULL, sessions_get},
    {METHOD_POST, "/sign-in/sessions", NEED_PERSON, &session_end_form, session_end_post},
    {METHOD_POST, "/sign-in/sessions/everywhere", NEED_PERSON, NULL, sessions_end_post},
    {METHOD_GET, "/password/change", NEED_PERSON, NULL, password_change_get},
    {METHOD_POST, "/password/change", NEED_PERSON, &password_change_form, password_change_post},
    {METHOD_GET, "/password/set", NEED_NOBODY, &password_set_get_form, password_set_get},
    {METHOD_POST, "/password/set", NEED_NOBODY, &password_set_post_form, password_set_post},
};

static const struct query_table *const people_tables[] = {
    &people_person_queries,
    &people_password_queries,
    &people_link_queries,
    &people_throttle_queries,
    NULL,
};

int main(void)
{
    static const struct gate_setup setup = {
        .program = "signin",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .people_tables = people_tables,
        .people_write = true,
        .error_page = signin_error_page,
    };
    return gate_run(&setup);
}
