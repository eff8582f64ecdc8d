#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1
#include "include/CNcurses.h"
#include "internal.h"
#include <curses.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* <term.h> defines macros such as lines and columns, so this one is declared by hand. */
extern char *tigetstr(const char *name);

/* Key numbers of our own, above those of ncurses. */
enum { OWN_PASTE_BEGIN = KEY_MAX + 1, OWN_PASTE_END, OWN_REPORT };

static bool can_synchronise;
static bool pushes_title;

const char *cn_capability(const char *name) {
    char *text = tigetstr(name);
    return text == (char *)-1 ? NULL : text;
}

bool cn_is_xterm_like(void) {
    const char *enter = cn_capability("smcup");
    return enter != NULL && strstr(enter, "?1049h") != NULL;
}

void cn_write(const char *bytes) {
    size_t count = strlen(bytes);
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

void cn_begin_extras(void) {
    can_synchronise = false;
    if (!cn_is_xterm_like()) return;
    /* xterm's smcup saves the title itself; XTWINOPS 22 does it for the others. */
    pushes_title = strstr(cn_capability("smcup"), "[22;") == NULL;
    if (pushes_title) cn_write("\033[22;2t");
    cn_write("\033[?2004h");
    /* DECRQM: a terminal that knows synchronised output answers 1 or 2, see cn_defined_key. */
    cn_write("\033[?2026$p");
}

const char *cn_extras_off(void) {
    if (!cn_is_xterm_like()) return NULL;
    return pushes_title ? "\033[?2026l\033[?1006l\033[?1000l\033[?2004l\033[23;2t"
                        : "\033[?2026l\033[?1006l\033[?1000l\033[?2004l";
}

void cn_end_extras(void) {
    const char *off = cn_extras_off();
    if (off != NULL) cn_write(off);
}

void cn_define_keys(void) {
    static const struct { const char *sequence; int key; } known[] = {
        {"\033[A", KEY_UP}, {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT},
        {"\033OA", KEY_UP}, {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT},
        {"\033[H", KEY_HOME}, {"\033[F", KEY_END}, {"\033OH", KEY_HOME}, {"\033OF", KEY_END},
        {"\033[1~", KEY_HOME}, {"\033[4~", KEY_END}, {"\033[7~", KEY_HOME}, {"\033[8~", KEY_END},
        {"\033[3~", KEY_DC}, {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE}, {"\033[Z", KEY_BTAB},
        {"\033OM", KEY_ENTER}, {"\033[200~", OWN_PASTE_BEGIN}, {"\033[201~", OWN_PASTE_END},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (key_defined(known[i].sequence) <= 0) define_key(known[i].sequence, known[i].key);
    char report[] = "\033[?2026;0$y";
    for (int state = 0; state <= 4; state++) {
        report[8] = (char)('0' + state);
        define_key(report, OWN_REPORT + state);
    }
}

int cn_defined_key(int key) {
    switch (key) {
    case OWN_PASTE_BEGIN: return CN_PASTE_BEGIN;
    case OWN_PASTE_END: return CN_PASTE_END;
    /* DECRPM: 0 not known, 1 set, 2 reset, 3 and 4 for ever the one or the other. */
    case OWN_REPORT + 1:
    case OWN_REPORT + 2:
        can_synchronise = true;
        return CN_REPORT;
    case OWN_REPORT:
    case OWN_REPORT + 3:
    case OWN_REPORT + 4: return CN_REPORT;
    default: return CN_NONE;
    }
}

void cn_begin_picture(void) {
    if (can_synchronise) cn_write("\033[?2026h");
}

void cn_end_picture(void) {
    if (can_synchronise) cn_write("\033[?2026l");
}

void cn_set_mouse(bool on) {
    mouseinterval(0);
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

int cn_mouse_event(int *x, int *y) {
    MEVENT event;
    if (getmouse(&event) != OK) return 0;
    *x = event.x;
    *y = event.y;
    if (event.bstate & BUTTON1_PRESSED) return 1;
    if (event.bstate & BUTTON4_PRESSED) return 4;
    return event.bstate & BUTTON5_PRESSED ? 5 : 0;
}

bool cn_send_osc(const char *text) {
    if (!cn_is_xterm_like()) return false;
    cn_write("\033]");
    cn_write(text);
    cn_write("\007");
    return true;
}

void cn_bell(void) { beep(); }
