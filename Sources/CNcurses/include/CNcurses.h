/* ncurses behind a scalar interface. Swift sees no WINDOW, no global, no macro. */
#ifndef CTXTOP_CNCURSES_H
#define CTXTOP_CNCURSES_H
#include <stdbool.h>
#include <stdint.h>

/* One cell: character, registered style, columns (0 behind a wide one). */
typedef struct {
    uint32_t scalar;
    uint16_t style;
    uint8_t width;
    uint8_t reserved;
} cn_cell;

enum { CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8 };

/* What cn_read_key gives besides characters (which are their code points). */
enum {
    CN_NONE = -1, CN_UP = 0x200000, CN_DOWN, CN_LEFT, CN_RIGHT, CN_PAGE_UP, CN_PAGE_DOWN, CN_HOME, CN_END,
    CN_BACKSPACE, CN_DELETE, CN_BACK_TAB, CN_ENTER, CN_RESIZE, CN_OTHER, CN_PASTE_BEGIN, CN_PASTE_END,
    CN_REPORT, CN_MOUSE, CN_FUNCTION
};

/* What cn_open can answer. */
enum { CN_OPENED = 0, CN_NO_TERMINAL, CN_UNKNOWN_TERMINAL, CN_TOO_SIMPLE };

/* Opens the terminal of standard input and output; with `direct` in true colours where terminfo has them. */
int cn_open(bool direct);
/* Gives the terminal back; may be called at any time and more than once. */
void cn_close(void);
/* Leaves and enters the screen again, for ctrl-z. */
void cn_suspend(void);
void cn_resume(void);

int cn_rows(void);
int cn_columns(void);
int cn_colors(void);
/* Takes the size that the kernel reports. */
void cn_follow_size(void);
/* Registers a style; colours are numbers of the terminal or -1 for its own. Gives its number. */
int cn_style(int foreground, int background, unsigned attributes);
/* Makes room for the styles of another theme. */
void cn_forget_styles(void);
void cn_put_row(int y, const cn_cell *cells, int count);
/* Puts one character with up to four combining ones. */
void cn_put_cluster(int y, int x, const uint32_t *scalars, int count, int style);
void cn_flush(void);
/* Has everything drawn anew by the next flush. */
void cn_redraw(void);
/* The next key that is there already, or CN_NONE. */
int cn_read_key(void);
/* Where the mouse was for the CN_MOUSE just read: button 1, or 4 and 5 for the wheel; 0 when it is none of them. */
int cn_mouse_event(int *x, int *y);
/* Whether nothing can ever be read again: the terminal is gone. */
bool cn_input_ended(void);

/* wcwidth(3) of every code point in C.UTF-8, for ncurses asks the same: 0x110000 signed bytes. */
bool cn_widths(int8_t *widths);
/* Whether the user's locale can show UTF-8. */
bool cn_locale_is_utf8(void);

/* Whether the terminal understands xterm's private modes and OSC strings: its alternate screen is ?1049. */
bool cn_is_xterm_like(void);
/* Reports clicks and the wheel from now on, or no more. */
void cn_set_mouse(bool on);
/* Sends an operating system command, ESC ] text BEL; does nothing where the terminal is not like xterm. */
bool cn_send_osc(const char *text);
/* Rings the bell. */
void cn_bell(void);

/* A descriptor on which one byte, the signal's number, arrives for each of WINCH, INT, TERM, HUP, QUIT, TSTP and CONT. */
int cn_signal_descriptor(void);
/* Stops the process as ctrl-z does; goes on at once where no shell could continue it. */
void cn_stop_process(void);
/* mallopt(3): two arenas at most; blocks of 1 MiB, and 4 MiB at the top, go back when they are freed. */
void cn_give_back_freed_memory(void);
#endif
