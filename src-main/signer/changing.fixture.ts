/** Changes the password of a vault again and again, telling each change once it is on disk; made to be killed. */
import { vaultDisk } from './disk.ts';
import { cheapKdf } from './kdf.fixture.ts';
import { DEFAULT_COST } from './kdf.ts';
import { openWithPassword, withPassword } from './vault-codec.ts';
import { writeVault } from './vault-file.ts';

const [folder, from] = process.argv.slice(2);
const disk = vaultDisk(folder!);
for (let n = Number(from); ; n++) {
  const opened = await openWithPassword((await disk.read())!, Buffer.from(`password ${n}`), cheapKdf);
  await disk.write(writeVault(await withPassword(opened, Buffer.from(`password ${n + 1}`), cheapKdf, DEFAULT_COST)));
  process.send!(n + 1);
}
