/* The only C in the product: ncurses behind a scalar interface. Swift sees no WINDOW, no global, no macro. */
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
    CN_BACKSPACE, CN_DELETE, CN_BACK_TAB, CN_ENTER, CN_RESIZE, CN_OTHER, CN_FUNCTION
};

/* Opens the terminal of standard input and output. 0: well; 1: not a terminal; 2: TERM is not known. */
int cn_open(void);
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
/* Registers a style; colours are 0 to 255 or -1 for the terminal's own. Gives its number. */
int cn_style(int foreground, int background, unsigned attributes);
void cn_put_row(int y, const cn_cell *cells, int count);
/* Puts one character with up to four combining ones. */
void cn_put_cluster(int y, int x, const uint32_t *scalars, int count, int style);
void cn_flush(void);
/* Has everything drawn anew by the next flush. */
void cn_redraw(void);
/* The next key that is there already, or CN_NONE. */
int cn_read_key(void);

/* wcwidth(3) of every code point in C.UTF-8, for ncurses asks the same: 0x110000 signed bytes. */
bool cn_widths(int8_t *widths);
/* Whether the user's locale can show UTF-8. */
bool cn_locale_is_utf8(void);

/* A descriptor on which one byte, the signal's number, arrives for each of WINCH, INT, TERM, HUP, QUIT, TSTP and CONT. */
int cn_signal_descriptor(void);
/* Stops the process as ctrl-z does. */
void cn_stop_process(void);
#endif
