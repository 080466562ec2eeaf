/** All English strings of the window, by place; a sentence with something in it is a function. */
import { chat } from './en/chat.ts';
import { find } from './en/find.ts';
import { lock } from './en/lock.ts';
import { own } from './en/own.ts';
import { parts } from './en/parts.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { welcome } from './en/welcome.ts';

export const en = { chat, find, lock, own, parts, settings, shell, welcome };
