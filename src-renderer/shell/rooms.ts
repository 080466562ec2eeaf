/** Which component is a room's page, and which its second column. */
import type { Component } from 'svelte';
import type { Room } from '../core/route.ts';
import Own from '../rooms/own/Own.svelte';
import OwnList from '../rooms/own/List.svelte';
import Settings from '../rooms/settings/Settings.svelte';
import SettingsList from '../rooms/settings/List.svelte';

const chat = import.meta.glob<{ default: Component }>('../rooms/chat/{Chat,List}.svelte', { eager: true });
const none = (() => {}) as unknown as Component;
const Chat = chat['../rooms/chat/Chat.svelte']?.default ?? none;
const ChatList = chat['../rooms/chat/List.svelte']?.default ?? none;

export const pages: Readonly<Record<Room, Component>> = { chat: Chat, own: Own, settings: Settings };
export const columns: Readonly<Record<Room, Component>> = { chat: ChatList, own: OwnList, settings: SettingsList };
