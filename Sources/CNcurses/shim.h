/*
 * ncursesw with its wide-character interface.
 *
 * Swift sees no function-like macros and refuses to touch mutable globals, so what curses offers only as
 * one of them is a static inline function here. Everything else is called by its own name.
 */
#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H

#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#define NCURSES_ENABLE_STDBOOL_H 1
#include <curses.h>
#include <wchar.h>

/* Declared for _XOPEN_SOURCE alone, which the modules of the system's headers are built without. */
extern int wcwidth(wchar_t character);

static inline WINDOW *curses_standard_window(void) { return stdscr; }
static inline WINDOW *curses_current_window(void) { return curscr; }
static inline int curses_colours(void) { return COLORS; }
static inline int curses_colour_pairs(void) { return COLOR_PAIRS; }

static inline attr_t curses_bold(void) { return A_BOLD; }
static inline attr_t curses_dim(void) { return A_DIM; }
static inline attr_t curses_underline(void) { return A_UNDERLINE; }
static inline attr_t curses_reverse(void) { return A_REVERSE; }
static inline attr_t curses_italic(void) { return A_ITALIC; }

/* One cell of text: up to three characters, the first of which takes the columns. */
static inline int curses_put(
    int row, int column, wchar_t base, wchar_t mark, wchar_t second_mark, attr_t attributes, short pair) {
  wchar_t text[4] = {base, mark, second_mark, 0};
  cchar_t cell;
  if (setcchar(&cell, text, attributes, pair, NULL) == ERR) return ERR;
  return mvadd_wchnstr(row, column, &cell, 1);
}

static inline mmask_t curses_pressed(int button) {
  switch (button) {
  case 1: return BUTTON1_PRESSED;
  case 2: return BUTTON2_PRESSED;
  case 3: return BUTTON3_PRESSED;
  case 4: return BUTTON4_PRESSED;
  case 5: return BUTTON5_PRESSED;
  default: return 0;
  }
}

static inline mmask_t curses_released(int button) {
  switch (button) {
  case 1: return BUTTON1_RELEASED;
  case 2: return BUTTON2_RELEASED;
  case 3: return BUTTON3_RELEASED;
  default: return 0;
  }
}

static inline mmask_t curses_shift(void) { return BUTTON_SHIFT; }
static inline mmask_t curses_control(void) { return BUTTON_CTRL; }

/* Where the standard window of a resized terminal is read from, and its size set. */
static inline int curses_rows(void) { return getmaxy(stdscr); }
static inline int curses_columns(void) { return getmaxx(stdscr); }

#endif
