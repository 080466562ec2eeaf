/** Opens the window: takes the key out of the address, connects, and mounts the app. */
import { mount } from 'svelte';
import App from './App.svelte';
import { openSession } from './core/session.svelte.ts';
import { socketLink, takeKey } from './core/socket.ts';
import './tokens.css';
import './base.css';

const link = socketLink({
  address: `ws://${location.host}/core`,
  key: takeKey(location, history),
  storage: sessionStorage,
});
// A fresh address pasted into this very tab changes only the fragment; its key still has to be presented.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#key=')) location.reload();
});

mount(App, { target: document.getElementById('app')!, props: { link, session: openSession({ link, window }) } });
