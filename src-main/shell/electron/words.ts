/** The few words that the system shows for us: menus, notices, questions. None of them names what was said. */

export const words = {
  daimon: 'daimon',
  open: 'Open daimon',
  lock: 'Lock now',
  quit: 'Quit daimon',
  edit: 'Edit',
  view: 'View',
  stopped: {
    message: 'daimon stopped unexpectedly.',
    detail: 'What was saved is safe. Open it again to go on.',
    again: 'Open again',
    quit: 'Quit',
  },
  elsewhere: {
    message: 'daimon is already running, without this window.',
    detail: 'It was started in a terminal or with its window in a browser. Use it there, or end it and try again.',
    again: 'Try again',
    quit: 'Quit',
  },
  unopened: 'The window could not be opened. Nothing was changed; what was saved is safe.',
  behind: 'Work goes on. daimon is in the tray, and ends when you quit it there.',
} as const;
