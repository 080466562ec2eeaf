/** How parts and rooms reach the core and the session without handing them through every component. */
import { createContext } from 'svelte';
import type { Core } from './doors.ts';
import type { Session } from './session.svelte.ts';

/** `const core = useCore()` while a component is set up. */
export const [useCore, provideCore] = createContext<Core>();
/** `const session = useSession()` while a component is set up. */
export const [useSession, provideSession] = createContext<Session>();
