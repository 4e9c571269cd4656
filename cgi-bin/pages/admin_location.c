/* pages/admin_location.c: the two fields of a place on the map. See pages/admin_about.h. */
#include "base/text.h"
#include "pages/admin_about.h"

void admin_location_fields(struct admin_form *form, const struct location *location)
{
    char latitude[LOCATION_NUMBER_SIZE] = "";
    char longitude[LOCATION_NUMBER_SIZE] = "";
    if (location->is_known) {
        (void)location_number(location->latitude_udeg, latitude);
        (void)location_number(location->longitude_udeg, longitude);
    }
    struct arena *arena = form->visit->arena;
    admin_form_line(form, "latitude", "Latitude",
                    "Public. Degrees, north positive, such as 58.3212", arena_text(arena, latitude))
        ->is_optional = true;
    admin_form_line(form, "longitude", "Longitude",
                    "Public. Degrees, east positive, such as 6.9668", arena_text(arena, longitude))
        ->is_optional = true;
}

struct location admin_location_read(struct visit *visit)
{
    struct location location = {.is_known = false};
    const char *latitude = field_text(&visit->fields, "latitude");
    const char *longitude = field_text(&visit->fields, "longitude");
    if (text_empty(latitude) && text_empty(longitude)) {
        return location;
    }
    if (!location_degrees(latitude, LATITUDE_UDEG_MAX, &location.latitude_udeg)) {
        field_fault(&visit->fields, "latitude",
                    text_empty(latitude)
                        ? "Enter the latitude too, or leave both empty."
                        : "Enter degrees from -90 to 90 in digits, such as 58.3212.");
    }
    if (!location_degrees(longitude, LONGITUDE_UDEG_MAX, &location.longitude_udeg)) {
        field_fault(&visit->fields, "longitude",
                    text_empty(longitude)
                        ? "Enter the longitude too, or leave both empty."
                        : "Enter degrees from -180 to 180 in digits, such as 6.9668.");
    }
    location.is_known = true;
    return location;
}
