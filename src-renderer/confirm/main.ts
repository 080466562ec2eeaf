/** The confirm window: takes the key out of the address at once, then draws what the signer computed. Nothing else. */
import '../tokens.css';
import '../base.css';
import './confirm.css';
import { mount } from 'svelte';
import { openClient } from './client.ts';
import Confirm from './Confirm.svelte';
import { confirmDesktop, portClient } from './port.ts';

const key = location.hash.slice(1);
// Out of the address bar and of the history before anything else runs.
history.replaceState(null, '', location.pathname);

const shell = confirmDesktop();
mount(Confirm, {
  target: document.getElementById('app')!,
  props: { client: shell ? portClient(shell) : openClient({ key, fetch: (path, init) => window.fetch(path, init) }) },
});
