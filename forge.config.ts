/** How the desktop app is packed: what goes in, what lies beside the archive, fuses, signing, and one maker a system. */
import { MakerDeb } from '@electron-forge/maker-deb';
import { MakerDMG } from '@electron-forge/maker-dmg';
import { MakerSquirrel } from '@electron-forge/maker-squirrel';
import { MakerZIP } from '@electron-forge/maker-zip';
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { FuseV1Options, FuseVersion } from '@electron/fuses';
import { build } from './scripts/stage/build.ts';
import { ignores, unpacked } from './scripts/stage/packed.ts';
import { signing } from './scripts/stage/signing.ts';

/** `--platform` and `--arch` of Forge's command line; native parts are only here for the system that installed them. */
const named = (option: string) => process.argv.find((_, at) => process.argv[at - 1] === `--${option}`);
const target = {
  platform: (named('platform') ?? process.platform) as NodeJS.Platform,
  arch: named('arch') ?? process.arch,
};
const { osxSign, osxNotarize, windowsSign } = signing(process.env);
const icon = 'assets/icons/daimon';

const config: ForgeConfig = {
  packagerConfig: {
    name: 'daimon',
    executableName: 'daimon',
    appBundleId: 'org.daimon.wallet',
    appCategoryType: 'public.app-category.productivity',
    icon,
    asar: unpacked,
    ignore: ignores(target),
    protocols: [{ name: 'daimon', schemes: ['daimon'] }],
    ...(osxSign && { osxSign }),
    ...(osxNotarize && { osxNotarize }),
    ...(windowsSign && { windowsSign }),
  },
  hooks: {
    generateAssets: build,
  },
  makers: [
    new MakerDeb({
      options: {
        bin: 'daimon',
        icon: `${icon}.png`,
        section: 'utils',
        categories: ['Utility'],
        mimeType: ['x-scheme-handler/daimon'],
        description: "A desktop wallet for a person's own AI",
      },
    }),
    new MakerDMG({ format: 'ULFO', icon: `${icon}.icns` }),
    new MakerSquirrel({ name: 'daimon', setupIcon: `${icon}.ico`, ...(windowsSign && { windowsSign }) }),
    new MakerZIP({}),
  ],
  plugins: [
    new FusesPlugin({
      version: FuseVersion.V1,
      // A fuse that a later Electron adds must be decided here, or packing fails.
      strictlyRequireAllFuses: true,
      // The binary must not become a plain Node for whoever can start it.
      [FuseV1Options.RunAsNode]: false,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: false,
      [FuseV1Options.EnableCookieEncryption]: true,
      // Checked on macOS and Windows only; Linux has no such check (see the threat model).
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
      [FuseV1Options.OnlyLoadAppFromAsar]: true,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
      // WASM (the KDF's second implementation) relies on traps for its bounds.
      [FuseV1Options.WasmTrapHandlers]: true,
    }),
  ],
};

export default config;
