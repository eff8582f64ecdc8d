#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1
#include "include/CNcurses.h"
#include "internal.h"
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define MAXIMUM_STYLES 512
#define MAXIMUM_COLUMNS 1024

static SCREEN *screen;
static struct { attr_t attributes; int pair; } styles[MAXIMUM_STYLES];
static int style_count;

bool cn_locale_is_utf8(void) {
    setlocale(LC_ALL, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void enter_modes(void) {
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    leaveok(stdscr, TRUE);
    curs_set(0);
}

/* The same terminal with 24-bit colours: ncurses-term has NAME-direct for many NAMEs. */
static SCREEN *open_direct(void) {
    const char *name = getenv("TERM");
    char direct[64];
    if (name == NULL) return NULL;
    const char *suffix = strstr(name, "-256color");
    int length = suffix == NULL ? (int)strlen(name) : (int)(suffix - name);
    if (snprintf(direct, sizeof direct, "%.*s-direct", length, name) >= (int)sizeof direct) return NULL;
    return newterm(direct, stdout, stdin);
}

int cn_open(bool direct) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return CN_NO_TERMINAL;
    if (!cn_locale_is_utf8()) setlocale(LC_CTYPE, "C.UTF-8");
    cn_save_modes();
    if (direct) screen = open_direct();
    if (screen == NULL) screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) return CN_UNKNOWN_TERMINAL;
    set_term(screen);
    if (cn_capability("cup") == NULL) {
        cn_close();
        return CN_TOO_SIMPLE;
    }
    set_escdelay(25);
    enter_modes();
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    cn_define_keys();
    cn_install_fatal_handlers();
    cn_signal_descriptor();
    cn_begin_extras();
    cn_prepare_restore();
    cn_is_open = 1;
    return CN_OPENED;
}

void cn_close(void) {
    if (screen == NULL) return;
    if (cn_is_open) cn_end_extras();
    endwin();
    cn_is_open = 0;
    delscreen(screen);
    screen = NULL;
    cn_give_back_modes();
}

void cn_suspend(void) {
    cn_end_extras();
    endwin();
    cn_is_open = 0;
}

void cn_resume(void) {
    cn_is_open = 1;
    cn_follow_size();
    enter_modes();
    clearok(curscr, TRUE);
    refresh();
    cn_begin_extras();
}

int cn_rows(void) { return LINES; }
int cn_columns(void) { return COLS; }
int cn_colors(void) { return has_colors() ? COLORS : 0; }

void cn_follow_size(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
}

int cn_style(int foreground, int background, unsigned attributes) {
    if (style_count == MAXIMUM_STYLES) return 0;
    attr_t flags = A_NORMAL;
    if (attributes & CN_BOLD) flags |= A_BOLD;
    if (attributes & CN_DIM) flags |= A_DIM;
    if (attributes & CN_UNDERLINE) flags |= A_UNDERLINE;
    if (attributes & CN_REVERSE) flags |= A_REVERSE;
    int pair = foreground < 0 && background < 0 ? 0 : alloc_pair(foreground, background);
    styles[style_count].attributes = flags;
    styles[style_count].pair = pair < 0 ? 0 : pair;
    return style_count++;
}

void cn_forget_styles(void) { style_count = 0; }

static void fill(cchar_t *target, const uint32_t *scalars, int count, int style) {
    memset(target, 0, sizeof *target);
    int pair = styles[style].pair;
    target->attr = styles[style].attributes | (attr_t)COLOR_PAIR(pair > 255 ? 255 : pair);
    target->ext_color = pair;
    for (int i = 0; i < count && i < CCHARW_MAX; i++) target->chars[i] = (wchar_t)scalars[i];
}

void cn_put_row(int y, const cn_cell *cells, int count) {
    static cchar_t row[MAXIMUM_COLUMNS + 1];
    int used = 0;
    for (int i = 0; i < count && used < MAXIMUM_COLUMNS; i++) {
        if (cells[i].width == 0) continue;
        fill(&row[used++], &cells[i].scalar, 1, cells[i].style);
    }
    memset(&row[used], 0, sizeof row[used]);
    mvwadd_wchnstr(stdscr, y, 0, row, used);
}

void cn_put_cluster(int y, int x, const uint32_t *scalars, int count, int style) {
    cchar_t cell;
    fill(&cell, scalars, count, style);
    mvwadd_wchnstr(stdscr, y, x, &cell, 1);
}

void cn_flush(void) {
    cn_begin_picture();
    wnoutrefresh(stdscr);
    doupdate();
    cn_end_picture();
}

void cn_redraw(void) { clearok(curscr, TRUE); }

static int special_key(wint_t key) {
    switch (key) {
    case KEY_UP: return CN_UP;
    case KEY_DOWN: return CN_DOWN;
    case KEY_LEFT: return CN_LEFT;
    case KEY_RIGHT: return CN_RIGHT;
    case KEY_PPAGE: return CN_PAGE_UP;
    case KEY_NPAGE: return CN_PAGE_DOWN;
    case KEY_HOME: return CN_HOME;
    case KEY_END: return CN_END;
    case KEY_BACKSPACE: return CN_BACKSPACE;
    case KEY_DC: return CN_DELETE;
    case KEY_BTAB: return CN_BACK_TAB;
    case KEY_ENTER: return CN_ENTER;
    case KEY_RESIZE: return CN_RESIZE;
    case KEY_MOUSE: return CN_MOUSE;
    default:
        if (cn_defined_key((int)key) != CN_NONE) return cn_defined_key((int)key);
        if (key > KEY_F0 && key <= KEY_F0 + 24) return CN_FUNCTION + (int)(key - KEY_F0);
        return CN_OTHER;
    }
}

int cn_read_key(void) {
    wint_t key = 0;
    int kind = wget_wch(stdscr, &key);
    if (kind == ERR) return CN_NONE;
    return kind == KEY_CODE_YES ? special_key(key) : (int)key;
}

bool cn_input_ended(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

bool cn_widths(int8_t *widths) {
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 == (locale_t)0) return false;
    locale_t before = uselocale(utf8);
    for (uint32_t scalar = 0; scalar < 0x110000; scalar++) {
        if (scalar == 0x40000) scalar = 0xE0000; /* nothing is assigned between */
        widths[scalar] = (int8_t)wcwidth((wchar_t)scalar);
    }
    uselocale(before);
    freelocale(utf8);
    return true;
}
