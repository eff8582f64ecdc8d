/* openpty(3) and fork(2) for tests: Swift cannot call it, because the child may only do what is async-signal-safe. */
#ifndef CTXTOP_PSEUDO_TERMINAL_H
#define CTXTOP_PSEUDO_TERMINAL_H
#include <stdint.h>
#include <sys/types.h>

/* Starts a program on a new pseudo-terminal; gives its process id, or -1, and the modes before the program can change
 * them. */
pid_t pt_spawn(const char *path, char *const arguments[], char *const environment[], int rows, int columns, int *master,
               uint64_t *modes);
/* Changes the size; the program gets SIGWINCH. */
int pt_resize(int master, int rows, int columns);
/* A number that differs when the terminal's modes differ (tcgetattr). */
uint64_t pt_modes(int master);
/* Whether the process is stopped by a signal now (waitpid with WUNTRACED was told so). */
int pt_is_stopped(pid_t pid);
#endif
