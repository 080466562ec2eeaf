/** Which component is a room's page, and which its second column. */
import type { Component } from 'svelte';
import type { Room } from '../core/route.ts';
import Chat from '../rooms/chat/Chat.svelte';
import ChatList from '../rooms/chat/List.svelte';
import Knows from '../rooms/knows/KnowsLater.svelte';
import KnowsList from '../rooms/knows/ListLater.svelte';
import Own from '../rooms/own/Own.svelte';
import OwnList from '../rooms/own/List.svelte';
import Settings from '../rooms/settings/Settings.svelte';
import SettingsList from '../rooms/settings/List.svelte';

export const pages: Readonly<Record<Room, Component>> = { chat: Chat, knows: Knows, own: Own, settings: Settings };
export const columns: Readonly<Record<Room, Component>> = {
  chat: ChatList,
  knows: KnowsList,
  own: OwnList,
  settings: SettingsList,
};
