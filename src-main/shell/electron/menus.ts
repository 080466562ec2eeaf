/** The menus: those that the system's own keys need, the tray's, and cut, copy and paste under the pointer. */
import { words } from './words.ts';

/** What Electron makes a menu's line from. */
export interface Line {
  readonly label?: string;
  readonly type?: 'separator';
  readonly enabled?: boolean;
  readonly click?: () => void;
  readonly submenu?: Line[];
  readonly role?:
    | 'appMenu'
    | 'windowMenu'
    | 'undo'
    | 'redo'
    | 'cut'
    | 'copy'
    | 'paste'
    | 'selectAll'
    | 'resetZoom'
    | 'zoomIn'
    | 'zoomOut'
    | 'togglefullscreen';
}
interface UnderPointer {
  readonly isEditable: boolean;
  readonly selectionText: string;
  readonly editFlags: Readonly<Record<'canCut' | 'canCopy' | 'canPaste' | 'canSelectAll', boolean>>;
}

/** Editing and zooming by keys; on macOS a program without a menu has neither. No reload, no developer tools. */
export const appMenu = (mac: boolean): Line[] => [
  ...(mac ? [{ role: 'appMenu' } as const] : []),
  {
    label: words.edit,
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  },
  {
    label: words.view,
    submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
  },
  { role: 'windowMenu' },
];

export const trayMenu = (does: { open(): void; lock(): void; quit(): void }): Line[] => [
  { label: words.open, click: () => does.open() },
  { label: words.lock, click: () => does.lock() },
  { type: 'separator' },
  { label: words.quit, click: () => does.quit() },
];

/** What can be done with what is under the pointer; nothing where nothing can. */
export const pointerMenu = ({ isEditable, editFlags, selectionText }: UnderPointer): Line[] =>
  isEditable
    ? [
        { role: 'cut', enabled: editFlags.canCut },
        { role: 'copy', enabled: editFlags.canCopy },
        { role: 'paste', enabled: editFlags.canPaste },
        { type: 'separator' },
        { role: 'selectAll', enabled: editFlags.canSelectAll },
      ]
    : selectionText.trim()
      ? [{ role: 'copy', enabled: editFlags.canCopy }]
      : [];
