#define _GNU_SOURCE 1
#include "include/CNcurses.h"
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int fatal_signals[] = {SIGILL, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGTRAP, SIGSYS};
static const int noted_signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};

volatile sig_atomic_t cn_is_open;
static struct termios saved_modes;
static char restore_bytes[512];
static size_t restore_count;
static struct sigaction previous[COUNT(fatal_signals)];
static int signal_pipe[2] = {-1, -1};
static volatile time_t first_ending;

void cn_save_modes(void) { tcgetattr(STDIN_FILENO, &saved_modes); }

void cn_give_back_modes(void) { tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes); }

void cn_restore_now(void) {
    if (!cn_is_open) return;
    cn_is_open = 0;
    ssize_t written = write(STDOUT_FILENO, restore_bytes, restore_count);
    (void)written;
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
}

static void append(const char *text) {
    if (text == NULL) return;
    size_t length = strlen(text);
    if (restore_count + length > sizeof restore_bytes) return;
    memcpy(restore_bytes + restore_count, text, length);
    restore_count += length;
}

void cn_prepare_restore(void) {
    restore_count = 0;
    append(cn_extras_off());
    append(cn_capability("sgr0"));
    append(cn_capability("cnorm"));
    append(cn_capability("rmkx"));
    append(cn_capability("rmcup"));
}

/* Gives the terminal back, then lets whoever came before (Swift's backtrace, or the default) have the signal. */
static void on_fatal(int number, siginfo_t *info, void *context) {
    (void)context;
    cn_restore_now();
    for (size_t i = 0; i < COUNT(fatal_signals); i++)
        if (fatal_signals[i] == number) sigaction(number, &previous[i], NULL);
    /* What the processor raised happens again when this returns; what somebody sent has to be sent again. */
    if (info->si_code <= 0) raise(number);
}

void cn_install_fatal_handlers(void) {
    static bool is_installed;
    if (is_installed) return;
    is_installed = true;
    static char stack_space[64 * 1024];
    stack_t stack = {.ss_sp = stack_space, .ss_size = sizeof stack_space};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < COUNT(fatal_signals); i++) {
        struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO};
        sigaction(fatal_signals[i], &action, &previous[i]);
    }
    atexit(cn_restore_now);
}

/* A process that does not end within a second of being asked to is ended by the next request, screen given back. */
static void note_ending(int number) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (first_ending == 0) {
        first_ending = now.tv_sec;
    } else if (now.tv_sec - first_ending > 1) {
        cn_restore_now();
        signal(number, SIG_DFL);
        raise(number);
    }
}

static void on_noted(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(signal_pipe[1], &byte, 1);
    (void)written;
    errno = error;
    if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT) note_ending(number);
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

/* SIGTSTP and not SIGSTOP: the kernel ignores it where no shell is there that could ever continue us. */
void cn_stop_process(void) {
    struct sigaction stop = {.sa_handler = SIG_DFL}, before;
    sigset_t set, mask;
    sigaction(SIGTSTP, &stop, &before);
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &set, &mask);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
}
