/** Pictures of every screen over the fake core, in both themes and three widths: `node test/screens/shots.ts FOLDER [NAME…]` */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';

/** `DAIMON_MORE=1`: as someone sees it who asked the system for more contrast and less motion. */
const more = process.env['DAIMON_MORE'] !== undefined;
const [folder, ...only] = process.argv.slice(2);
if (!folder) throw new Error('Say where the pictures go: node test/screens/shots.ts FOLDER');

interface Screen {
  readonly name: string;
  readonly world: string;
  readonly hash?: string;
  readonly extra?: string;
  readonly act?: (page: Page) => Promise<void>;
}
const fillYou = async (page: Page) => {
  await page.getByLabel('Its name').fill('Wren');
  await page.getByLabel('Your password', { exact: true }).fill('correct horse battery');
};
const toModel = async (page: Page) => {
  await fillYou(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Choose a model' }).click();
  await page.getByRole('radio').first().waitFor();
};
const toHello = async (page: Page) => {
  await toModel(page);
  await page.getByRole('button', { name: /start with the warm-up/ }).click();
  await page.getByRole('button', { name: 'Send' }).waitFor();
};
const palette = (words: string) => async (page: Page) => {
  await page.getByRole('link', { name: 'Own' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').pressSequentially(words);
  await page.waitForTimeout(words ? 400 : 0);
};
/** The second column, which a narrow window opens. */
const list = async (page: Page) => {
  const opener = page.getByRole('button', { name: 'Conversations' });
  if (await opener.isVisible()) await opener.click();
};
const seek = (words: string, then?: (page: Page) => Promise<unknown>) => async (page: Page) => {
  await page.getByRole('searchbox', { name: /by meaning/ }).fill(words);
  await page.getByRole('heading', { name: /fit|Nothing/ }).waitFor();
  await then?.(page);
};
const openHit = (name: string) => async (page: Page) => {
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Back to what was found' }).waitFor();
  await page.waitForTimeout(300);
};
const scans = '#/knows/01J90000000000000000000804';
const screens: readonly Screen[] = [
  { name: 'welcome-1', world: 'empty', act: fillYou },
  {
    name: 'welcome-made',
    world: 'empty',
    act: async (page) => {
      await fillYou(page);
      await page.getByText(/Show me now/).click();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('confirm window is open').waitFor();
    },
  },
  {
    name: 'welcome-restore',
    world: 'empty',
    act: async (page) => {
      await page.getByRole('button', { name: 'I have 24 words' }).click();
      await page.getByLabel('Its name').fill('Wren');
      await page.getByLabel('A new password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Ask for my 24 words' }).click();
      await page.getByText('confirm window is open').waitFor();
    },
  },
  { name: 'welcome-2', world: 'empty', act: toModel },
  { name: 'welcome-3', world: 'empty', act: toHello },
  { name: 'lock', world: 'locked' },
  {
    name: 'lock-wrong',
    world: 'locked',
    act: async (page) => {
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Wake Wren' }).click();
      await page.getByText('That is not the password').waitFor();
    },
  },
  { name: 'chat', world: 'lived', hash: '#/chat/01J90000000000000000000001' },
  { name: 'chat-empty', world: 'lived', hash: '#/chat' },
  ...['table', 'cited', 'long', 'rtl', 'title', 'writing', 'reading', 'failed', 'note'].map((talk) => ({
    name: `chat-${talk}`,
    world: 'lived',
    extra: `&talk=${talk}`,
  })),
  { name: 'chat-bare', world: 'bare', hash: '#/chat' },
  {
    name: 'chat-list',
    world: 'lived',
    extra: '&talk=title',
    act: async (page) => {
      const opener = page.getByRole('button', { name: 'Conversations' });
      if (await opener.isVisible()) await opener.click();
    },
  },
  ...['Rename', 'Delete'].map((act) => ({
    name: `chat-${act.toLowerCase()}`,
    world: 'lived',
    extra: '&talk=title',
    act: async (page: Page) => {
      const opener = page.getByRole('button', { name: 'Conversations' });
      if (await opener.isVisible()) await opener.click();
      await page.getByRole('button', { name: `${act}: ` }).click();
    },
  })),
  ...['lock', 'own', 'chat-empty', 'settings'].map((name) => ({
    name: `wide-${name}`,
    world: name === 'lock' ? 'locked' : 'lived',
    hash: name === 'lock' ? '' : `#/${name.split('-')[0]!}`,
    extra: `&name=${'W'.repeat(40)}`,
  })),
  { name: 'wide-arabic', world: 'locked', extra: `&name=${encodeURIComponent('ورقة الشتاء 🦉 القارب القديم')}` },
  {
    name: 'wide-welcome',
    world: 'empty',
    act: async (page) => {
      await page.getByLabel('Its name').fill('W'.repeat(40));
      await page.getByLabel('Your password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Choose a model' }).click();
      await page.getByRole('button', { name: /start with the warm-up/ }).click();
      await page.getByRole('button', { name: 'Send' }).waitFor();
    },
  },
  { name: 'knows', world: 'read', hash: '#/knows' },
  { name: 'knows-empty', world: 'lived', hash: '#/knows' },
  { name: 'knows-going', world: 'full', hash: '#/knows' },
  { name: 'knows-meaningless', world: 'meaningless', hash: '#/knows' },
  { name: 'knows-found', world: 'read', hash: '#/knows', act: seek('harbour frozen over') },
  {
    name: 'knows-narrowed',
    world: 'read',
    hash: '#/knows',
    act: seek('harbour', async (page) => {
      await page.getByText('Narrow down').click();
      await page.getByRole('button', { name: 'Documents' }).click();
      await page.getByRole('button', { name: 'Between' }).click();
    }),
  },
  { name: 'knows-none', world: 'full', hash: '#/knows', act: seek('zeppelin') },
  {
    name: 'knows-document',
    world: 'read',
    hash: '#/knows',
    act: seek('harbour frozen', openHit('Open the page: Harbour account book')),
  },
  {
    name: 'knows-markdown',
    world: 'read',
    hash: '#/knows',
    act: seek('harbour frozen', openHit('Open the passage: The Salt Year, draft 3')),
  },
  { name: 'knows-code', world: 'read', hash: '#/knows/passage-5000' },
  { name: 'knows-gone', world: 'read', hash: '#/knows/passage-77' },
  { name: 'knows-place', world: 'full', hash: scans },
  {
    name: 'knows-refused',
    world: 'full',
    hash: scans,
    act: async (page) => {
      await page.getByRole('button', { name: /^Not read/ }).click();
      await page.getByRole('heading', { name: 'Files', exact: true }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'knows-rules',
    world: 'full',
    hash: '#/knows/01J90000000000000000000802',
    act: async (page) => page.getByRole('textbox', { name: 'Also leave out' }).scrollIntoViewIfNeeded(),
  },
  {
    name: 'knows-take-out',
    world: 'full',
    hash: '#/knows',
    act: async (page) => page.getByRole('button', { name: 'Take out: letters' }).click(),
  },
  {
    name: 'knows-add',
    world: 'full',
    hash: '#/knows/add',
    act: async (page) => {
      await page.getByLabel('A folder or a file on this computer').fill('/home/mara/recipes');
      await page.getByText('38 files').waitFor();
    },
  },
  {
    name: 'knows-many',
    world: 'full',
    hash: '#/knows/add',
    act: async (page) => {
      await page.getByLabel('A folder or a file on this computer').fill('/home/mara');
      await page.getByText('100,432 files').waitFor();
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Add them all' }).waitFor();
    },
  },
  { name: 'own', world: 'lived', hash: '#/own' },
  {
    name: 'own-keys',
    world: 'lived',
    hash: '#/own/keys',
    act: async (page) => {
      await page.getByRole('button', { name: 'Show address: Account 1' }).click();
      await page.getByRole('button', { name: 'Show the 24 words' }).click();
      await page.getByText('confirm window is open').waitFor();
    },
  },
  {
    name: 'own-sign',
    world: 'lived',
    hash: '#/own/keys',
    act: async (page) => {
      await page.getByRole('button', { name: 'Sign a message' }).click();
      await page.getByLabel('The message').fill('I am Mara, and this is my daimon.');
    },
  },
  {
    name: 'own-models',
    world: 'arrived',
    hash: '#/own/models',
    act: async (page) => page.getByText('Details').first().click(),
  },
  { name: 'own-failed', world: 'failed', hash: '#/own/models' },
  {
    name: 'own-remove',
    world: 'arrived',
    hash: '#/own/models',
    act: async (page) => page.getByRole('button', { name: 'Remove: Qwen3 4B' }).click(),
  },
  { name: 'settings', world: 'lived', hash: '#/settings' },
  { name: 'settings-left', world: 'lived', hash: '#/settings/left' },
  { name: 'settings-cut', world: 'lived', hash: '#/settings/left', extra: '&cut' },
  { name: 'settings-about', world: 'lived', hash: '#/settings/about' },
  { name: 'palette', world: 'shelved', hash: '#/chat', act: palette('') },
  { name: 'palette-words', world: 'shelved', hash: '#/own', act: palette('boat') },
  { name: 'palette-none', world: 'shelved', hash: '#/own', act: palette('zeppelin') },
  { name: 'list', world: 'shelved', hash: '#/chat/01J90000000000000000000023', act: list },
  {
    name: 'list-more',
    world: 'shelved',
    hash: '#/chat/01J90000000000000000000023',
    act: async (page) => {
      await list(page);
      await page.getByRole('button', { name: 'More: ' }).click();
    },
  },
  ...['Move to a folder', 'Export'].map((act) => ({
    name: `list-${act.split(' ')[0]!.toLowerCase()}`,
    world: 'shelved',
    hash: '#/chat/01J90000000000000000000023',
    act: async (page: Page) => {
      await list(page);
      await page.getByRole('button', { name: 'More: ' }).click();
      await page.getByRole('menuitem', { name: act }).click();
    },
  })),
  { name: 'models', world: 'shelved', hash: '#/own/models' },
  { name: 'bring', world: 'shelved', hash: '#/settings/bring' },
  {
    name: 'bring-done',
    world: 'shelved',
    hash: '#/settings/bring',
    act: async (page) => {
      await page.locator('input[type=file]').setInputFiles({
        name: 'conversations.json',
        mimeType: 'application/json',
        buffer: Buffer.from('[]'),
      });
      await page.getByText('came').waitFor();
    },
  },
  { name: 'personas', world: 'shelved', hash: '#/settings/personas' },
  {
    name: 'persona-edit',
    world: 'shelved',
    hash: '#/settings/personas',
    act: async (page) => page.getByRole('button', { name: 'Edit: Editor' }).click(),
  },
  { name: 'refused', world: 'lived', extra: '&refused' },
  { name: 'lost', world: 'lived', hash: '#/own', extra: '&lost' },
];

await mkdir(folder, { recursive: true });
const server = await createServer({
  server: { port: 0, host: '127.0.0.1' },
  optimizeDeps: { entries: ['preview.html'] },
  logLevel: 'error',
});
await server.listen();
const base = server.resolvedUrls!.local[0]!;
const browser = await chromium.launch({
  executablePath: process.env['DAIMON_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const screen of screens.filter(({ name }) => only.length === 0 || only.includes(name)))
    for (const theme of ['light', 'dark'] as const)
      for (const [width, height] of [
        [400, 800],
        [1200, 800],
        [1920, 1080],
      ] as const) {
        const page = await browser.newPage({
          viewport: { width, height },
          colorScheme: theme,
          ...(more && { contrast: 'more', reducedMotion: 'reduce' }),
        });
        page.on('pageerror', (error) => console.error(`${screen.name}: ${error.message}`));
        page.on('console', (said) => {
          if (said.type() === 'error' || said.type() === 'warning') console.error(`${screen.name}: ${said.text()}`);
        });
        const query = `?world=${screen.world}&theme=${theme}${screen.extra ?? ''}`;
        await page.goto(`${base}preview.html${query}${screen.hash ?? ''}`);
        await page.locator('main').first().waitFor();
        // A room that is fetched when it is first opened has none before.
        await page.locator('h1').first().waitFor({ state: 'attached' });
        await screen.act?.(page);
        await page.waitForTimeout(screen.extra?.includes('talk') || screen.world === 'bare' ? 900 : 250);
        await page.screenshot({ path: join(folder, `${screen.name}-${width}-${theme}.png`) });
        await page.close();
      }
} finally {
  await browser.close();
  await server.close();
}
