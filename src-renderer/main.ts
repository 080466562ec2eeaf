/** Opens the window: connects over the carrier that its shell has, and mounts the app. */
import { mount } from 'svelte';
import App from './App.svelte';
import { desktop } from './core/desktop.ts';
import { portLink } from './core/port.ts';
import { openSession } from './core/session.svelte.ts';
import { socketLink, takeKey } from './core/socket.ts';
import './tokens.css';
import './base.css';

const shell = desktop();
const link = shell
  ? portLink(shell)
  : socketLink({
      address: `ws://${location.host}/core`,
      key: takeKey(location, history),
      storage: sessionStorage,
    });
// The fragment is the place; whatever is not one of ours is home.
shell?.onPlace((place) => (location.hash = `#/${place}`));
// A fresh address pasted into this very tab changes only the fragment; its key still has to be presented.
addEventListener('hashchange', () => {
  if (!shell && location.hash.startsWith('#key=')) location.reload();
});

mount(App, { target: document.getElementById('app')!, props: { link, session: openSession({ link, window }) } });
