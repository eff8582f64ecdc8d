#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1
#include "include/CNcurses.h"
#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* <term.h> defines macros such as lines and columns, so this one is declared by hand. */
extern char *tigetstr(const char *name);

#define MAXIMUM_STYLES 512
#define MAXIMUM_COLUMNS 1024

static SCREEN *screen;
static struct termios saved_modes;
static volatile sig_atomic_t is_open;
static char restore_bytes[256];
static size_t restore_count;
static struct { attr_t attributes; int pair; } styles[MAXIMUM_STYLES];
static int style_count;
static int signal_pipe[2] = {-1, -1};

static const int fatal_signals[] = {SIGILL, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGTRAP};
static const int noted_signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Only what signal-safety(7) allows. */
static void restore_now(void) {
    if (!is_open) return;
    is_open = 0;
    ssize_t written = write(STDOUT_FILENO, restore_bytes, restore_count);
    (void)written;
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
}

static void on_fatal(int number) {
    restore_now();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_noted(int number) {
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(signal_pipe[1], &byte, 1);
    (void)written;
}

static void append_capability(const char *name) {
    char *text = tigetstr(name);
    if (text == NULL || text == (char *)-1) return;
    size_t length = strlen(text);
    if (restore_count + length > sizeof restore_bytes) return;
    memcpy(restore_bytes + restore_count, text, length);
    restore_count += length;
}

static void install_fatal_handlers(void) {
    static char stack_space[64 * 1024];
    stack_t stack = {.ss_sp = stack_space, .ss_size = sizeof stack_space};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < COUNT(fatal_signals); i++) {
        struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER};
        sigaction(fatal_signals[i], &action, NULL);
    }
}

int cn_signal_descriptor(void) {
    if (signal_pipe[0] >= 0) return signal_pipe[0];
    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    for (size_t i = 0; i < COUNT(noted_signals); i++) {
        struct sigaction action = {.sa_handler = on_noted, .sa_flags = SA_RESTART};
        sigaction(noted_signals[i], &action, NULL);
    }
    return signal_pipe[0];
}

void cn_stop_process(void) { raise(SIGSTOP); }

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

int cn_open(void) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return 1;
    if (!cn_locale_is_utf8()) setlocale(LC_CTYPE, "C.UTF-8");
    tcgetattr(STDIN_FILENO, &saved_modes);
    screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) return 2;
    set_term(screen);
    set_escdelay(25);
    enter_modes();
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    restore_count = 0;
    append_capability("sgr0");
    append_capability("cnorm");
    append_capability("rmkx");
    append_capability("rmcup");
    install_fatal_handlers();
    cn_signal_descriptor();
    style_count = 0;
    is_open = 1;
    cn_style(-1, -1, 0);
    return 0;
}

void cn_close(void) {
    if (screen == NULL) return;
    endwin();
    is_open = 0;
    delscreen(screen);
    screen = NULL;
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
}

void cn_suspend(void) {
    endwin();
    is_open = 0;
}

void cn_resume(void) {
    is_open = 1;
    cn_follow_size();
    enter_modes();
    clearok(curscr, TRUE);
    refresh();
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
    wnoutrefresh(stdscr);
    doupdate();
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
    default:
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
