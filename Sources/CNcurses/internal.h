/* What the C files share; Swift never sees it. */
#ifndef CTXTOP_CNCURSES_INTERNAL_H
#define CTXTOP_CNCURSES_INTERNAL_H
#include <signal.h>
#include <stdbool.h>

/* Whether the terminal is ours at this moment. */
extern volatile sig_atomic_t cn_is_open;

/* Remembers the modes of standard input, to be given back. */
void cn_save_modes(void);
void cn_give_back_modes(void);
/* Puts together what the terminal gets when the process dies. */
void cn_prepare_restore(void);
/* Gives the terminal back with nothing but what signal-safety(7) allows. */
void cn_restore_now(void);
void cn_install_fatal_handlers(void);

/* A capability of terminfo, or NULL. */
const char *cn_capability(const char *name);
/* Switches on what xterm-like terminals have beyond terminfo: bracketed paste, our title, the question for ?2026. */
void cn_begin_extras(void);
/* The bytes that switch all of that off again. */
const char *cn_extras_off(void);
void cn_end_extras(void);
/* Teaches ncurses the keys that terminals send whatever their terminfo says. */
void cn_define_keys(void);
/* Reads what cn_define_keys defined; CN_NONE when it is no such key. */
int cn_defined_key(int key);
/* Begins and ends a picture that the terminal shows at once, where it reported that it can. */
void cn_begin_picture(void);
void cn_end_picture(void);
/* Writes everything, whatever interrupts. */
void cn_write(const char *bytes);
#endif
