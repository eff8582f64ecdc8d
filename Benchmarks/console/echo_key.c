/* A do-nothing ncurses program: it draws a screen of text and, at each key, one word; the limit to compare with. */
#include <curses.h>

int main(void) {
    initscr();
    cbreak();
    noecho();
    for (int line = 0; line < LINES; line++) mvprintw(line, 0, "line %d of a screen that never changes", line);
    refresh();
    for (int key = getch(), turn = 0; key != 'q' && key != ERR; key = getch(), turn++) {
        mvaddstr(1, 1, turn % 2 ? "Sessions" : "Paths   ");
        refresh();
    }
    endwin();
    return 0;
}
