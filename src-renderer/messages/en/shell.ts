/** Strings of the shell: rail, bars, and the pages that stand in when there is no core to talk to. */

export const shell = {
  daimon: 'daimon',
  rooms: 'Rooms',
  places: { chat: 'Chat', knows: 'Knows', own: 'Own', settings: 'Settings' },
  skip: 'Skip to the page',
  lockNow: 'Lock now',
  menu: (name: string) => `${name}: settings, lock`,
  title: (place: string, name: string) => `${place} · ${name}`,
  lists: { chat: 'Conversations', knows: 'Your files', own: 'What is yours', settings: 'All settings' },
  opening: 'One moment.',
  lost: 'The connection to daimon was lost. What was saved is safe, and your words stay here. Trying again.',
  notLoaded: 'This room could not be opened. Nothing is lost; try again.',
  refused: {
    title: 'Open the address again',
    lede: 'This page is not connected to your daimon.',
    why: 'Each address works once, so that no other page can use it. Ask for a fresh one in the terminal:',
    command: 'npm start',
    safe: 'Nothing was lost; what was saved is still sealed on this computer.',
  },
  arrived: (model: string) => `${model} is here.`,
  handedOver: (model: string) => `${model} has arrived and answers from now on.`,
  good: 'Good',
  goBack: (model: string) => `Go back to ${model}`,
  useFromNowOn: (model: string) => `Use ${model} from now on`,
  keepWarmUp: 'Not now',
};
