/* pages/certificate_qr.c: QR codes. The only file that knows libqrencode. */
#include "pages/certificate.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"

#define BORDER 4 /* ISO/IEC 18004: four empty squares around it */

bool certificate_qr_make(const char *text, struct certificate_qr *qr)
{
    /* M: still read with an eighth of it worn away. */
    QRcode *made = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (made == NULL) {
        return false;
    }
    must(made->width > 0 && made->width <= QR_SIDE_MAX);
    qr->side = made->width;
    for (int i = 0; i < made->width * made->width; i++) {
        qr->dark[i] = (made->data[i] & 1) != 0;
    }
    QRcode_free(made);
    return true;
}

const char *certificate_qr_path(struct arena *arena, const struct certificate_qr *qr)
{
    enum { RUN_BYTES = 24 }; /* "M123 123h123v1h-123z" */
    size_t runs_max = (size_t)qr->side * ((size_t)qr->side + 1) / 2;
    char *path = arena_array(arena, char, runs_max *RUN_BYTES + 1);
    size_t used = 0;
    for (int y = 0; y < qr->side; y++) {
        for (int x = 0; x < qr->side; x++) {
            int run = 0;
            while (x + run < qr->side && qr->dark[y * qr->side + x + run]) {
                run++;
            }
            if (run > 0) {
                int wrote = snprintf(path + used, RUN_BYTES, "M%d %dh%dv1h-%dz", x + BORDER,
                                     y + BORDER, run, run);
                must(wrote > 0 && wrote < RUN_BYTES);
                used += (size_t)wrote;
                x += run;
            }
        }
    }
    return path;
}
