#define _GNU_SOURCE 1
#include "include/CPseudoTerminal.h"
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

pid_t pt_spawn(const char *path, char *const arguments[], char *const environment[], int rows, int columns, int *master,
               uint64_t *modes) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    int slave = -1;
    if (openpty(master, &slave, NULL, NULL, &size) != 0) return -1;
    /* The children of other tests must not hold this terminal open. */
    fcntl(*master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    *modes = pt_modes(*master);
    pid_t child = fork();
    if (child == 0) {
        if (login_tty(slave) == 0) execve(path, arguments, environment);
        _exit(127);
    }
    close(slave);
    return child;
}

int pt_resize(int master, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size);
}

uint64_t pt_modes(int master) {
    struct termios modes;
    if (tcgetattr(master, &modes) != 0) return 0;
    return ((uint64_t)modes.c_lflag << 32) ^ ((uint64_t)modes.c_iflag << 16) ^ modes.c_oflag;
}

int pt_is_stopped(pid_t pid) {
    int status = 0;
    return waitpid(pid, &status, WNOHANG | WUNTRACED) == pid && WIFSTOPPED(status);
}
