/** Official vectors: BIP-39, BIP-32, BIP-44 accounts, BIP-85, RFC 5869, RFC 7748, EIP-55, EIP-191, EIP-712. */
import { hkdfSync, pbkdf2Sync } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import { signTyped } from 'micro-eth-signer';
import { describe, expect, test } from 'vitest';
import { addressOf, certifyDevice, deviceCertifier, messageDigest, messageSigner, signMessage } from './ethereum.ts';
import { accountPath, bip85, OWNER_PATH, withKey, x25519Public } from './keytree.ts';
import { entropyOf, seedOf, wordsOf } from './mnemonic.ts';
import { subKey } from './sealing.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const seedWith = (words: string, passphrase: string) =>
  pbkdf2Sync(words, `mnemonic${passphrase}`, 2048, 64, 'sha512').toString('hex');

/** The 24-word English vectors of the BIP (trezor/python-mnemonic vectors.json); passphrase TREZOR. */
const BIP39: readonly [entropy: string, words: string, seed: string][] = [
  [
    '00'.repeat(32),
    'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art',
    'bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd3097170af7a4d73245cafa9c3cca8d561a7c3de6f5d4a10be8ed2a5e608d68f92fcc8',
  ],
  [
    '7f'.repeat(32),
    'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title',
    'bc09fca1804f7e69da93c2f2028eb238c227f2e9dda30cd63699232578480a4021b146ad717fbb7e451ce9eb835f43620bf5c514db0f8add49f5d121449d3e87',
  ],
  [
    '80'.repeat(32),
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless',
    'c0c519bd0e91a2ed54357d9d1ebef6f5af218a153624cf4f2da911a0ed8f7a09e2ef61af0aca007096df430022f7a2b6fb91661a9589097069720d015e4e982f',
  ],
  [
    'ff'.repeat(32),
    'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote',
    'dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e1613912f0a5b694407be899ffd31ed3992c456cdf60f5d4564b8ba3f05a69890ad',
  ],
  [
    '68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c',
    'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length',
    '64c87cde7e12ecf6704ab95bb1408bef047c22db4cc7491c4271d170a1b213d20b385bc1588d9c7b38f1b39d415665b8a9030c9ec653d75e65f847d8fc1fc440',
  ],
  [
    '9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863',
    'panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash devote level hobby quick inner drive ghost inside',
    '72be8e052fc4919d2adf28d5306b5474b0069df35b02303de8c1729c9538dbb6fc2d731d5f832193cd9fb6aeecbc469594a70e3dd50811b5067f3b88b28c3e8d',
  ],
  [
    '066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad',
    'all hour make first leader extend hole alien behind guard gospel lava path output census museum junior mass reopen famous sing advance salt reform',
    '26e975ec644423f4a4c4f4215ef09b4bd7ef924e85d1d17c4cf3f136c2863cf6df0a475045652c57eb5fb41513ca2a2d67722b77e954b4b3fc11f7590449191d',
  ],
  [
    'f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f',
    'void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold',
    '01f5bced59dec48e362f2c45b5de68b9fd6c92c6634f44d6d40aab69056506f0e35524a518034ddc1192e1dacd32c1ed3eaa3c3b131c88ed8e7e54c49a5d0998',
  ],
];

describe('BIP-39', () => {
  test.each(BIP39)('%s', (entropy, words, seed) => {
    expect(wordsOf(hex(entropy)).join(' ')).toBe(words);
    expect(entropyOf(Buffer.from(words)).toString('hex')).toBe(entropy);
    expect(seedWith(words, 'TREZOR')).toBe(seed);
    expect(seedOf(hex(entropy)).toString('hex')).toBe(seedWith(words, ''));
  });
  test('a phrase is read in any spacing, with numbers and capitals; a slip is named by its number, never by the word', () => {
    const words = BIP39[4]![1].split(' ');
    const typed = words.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join('\n');
    expect(entropyOf(Buffer.from(typed)).toString('hex')).toBe(BIP39[4]![0]);
    expect(() => entropyOf(Buffer.from(words.with(6, 'secretslip').join(' ')))).toThrow(
      expect.objectContaining({
        code: 'bad-words',
        details: { word: 7 },
        message: expect.not.stringContaining('secretslip'),
      }),
    );
    expect(() => entropyOf(Buffer.from(words.slice(1).join(' ')))).toThrow(
      expect.objectContaining({
        details: { count: 23 },
        message: expect.stringMatching(/Nothing was changed\. Type all 24/),
      }),
    );
    expect(() => entropyOf(Buffer.from(words.toReversed().join(' ')))).toThrow(
      expect.objectContaining({ code: 'bad-words', message: expect.stringMatching(/Nothing was changed\. Compare/) }),
    );
  });
});

/** BIP-32's own vectors: seed, then path and extended private key. */
const BIP32: readonly [seed: string, chain: readonly [path: string, xprv: string][]][] = [
  [
    '000102030405060708090a0b0c0d0e0f',
    [
      [
        'm',
        'xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi',
      ],
      [
        "m/0'/1/2'/2/1000000000",
        'xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76',
      ],
    ],
  ],
  [
    'fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542',
    [
      [
        'm',
        'xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U',
      ],
      [
        "m/0/2147483647'/1/2147483646'/2",
        'xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7nadnHM8Dq38EGfSh6dqA9QWTyefMLEcBYJUuekgW4BYPJcr9E7j',
      ],
    ],
  ],
  [
    '4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be',
    [
      [
        'm',
        'xprv9s21ZrQH143K25QhxbucbDDuQ4naNntJRi4KUfWT7xo4EKsHt2QJDu7KXp1A3u7Bi1j8ph3EGsZ9Xvz9dGuVrtHHs7pXeTzjuxBrCmmhgC6',
      ],
      [
        "m/0'",
        'xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L',
      ],
    ],
  ],
  [
    '3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678',
    [
      [
        'm',
        'xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14S7fRDyHH4dWNHUgkvsvNDCkvAwcSHNAQwhwgNMgZhLtQC63zxwhQmRv',
      ],
      [
        "m/0'/1'",
        'xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1',
      ],
    ],
  ],
];
test.each(BIP32)('BIP-32 seed %s', (seed, chain) => {
  const master = HDKey.fromMasterSeed(hex(seed));
  for (const [path, xprv] of chain) expect(master.derive(path).privateExtendedKey).toBe(xprv);
});

test('BIP-44: accounts that every EVM wallet derives from a well-known phrase', () => {
  // "test test … junk" has 12 words; its seed goes through the same derivation.
  const seed = pbkdf2Sync(
    'test test test test test test test test test test test junk',
    'mnemonic',
    2048,
    64,
    'sha512',
  );
  const addresses = [0, 1, 2].map((i) => addressOf(HDKey.fromMasterSeed(seed).derive(accountPath(i)).privateKey!));
  expect(addresses).toEqual([
    '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  ]);
  expect(withKey(Buffer.alloc(32), accountPath(0), addressOf)).toBe('0xF278cF59F82eDcf871d630F28EcC8056f25C1cdb');
});

test('BIP-85: the HEX application of the BIP', () => {
  const master = HDKey.fromExtendedKey(
    'xprv9s21ZrQH143K2LBWUUQRFXhucrQqBpKdRRxNVq2zBqsx8HVqFk2uYo8kmbaLLHRdqtQpUm98uKfu3vca1LqdGhUtyoFnCNkfmXRyPXLjbKb',
  );
  expect(bip85(master.derive(OWNER_PATH).privateKey!).toString('hex')).toBe(
    '492db4698cf3b73a5a24998aa3e9d7fa96275d85724a91e71aa2d645442f878555d078fd1f1f67e368976f04137b1f7a0d19232136ca50c44614af72b5582a5c',
  );
});

test('RFC 5869: HKDF-SHA256, cases 1 and 3 (without salt, as our sub-keys are made)', () => {
  const okm = hkdfSync(
    'sha256',
    Buffer.alloc(22, 0x0b),
    hex('000102030405060708090a0b0c'),
    hex('f0f1f2f3f4f5f6f7f8f9'),
    42,
  );
  expect(Buffer.from(okm).toString('hex')).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  expect(subKey(Buffer.alloc(22, 0x0b), '', 42).toString('hex')).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

test('RFC 7748 §6.1: the X25519 public keys of Alice and Bob', () => {
  const alice = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
  const bob = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
  expect(x25519Public(hex(alice)).toString('hex')).toBe(
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  );
  expect(x25519Public(hex(bob)).toString('hex')).toBe(
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  );
});

test('EIP-55: a checksummed address', () => {
  const key = hex('4646464646464646464646464646464646464646464646464646464646464646');
  expect(addressOf(key)).toBe('0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F');
});

test('EIP-191: digest and signature that other wallets give', () => {
  // keccak256 of "\x19Ethereum Signed Message:\n11hello world", and web3.js' documented example.
  expect(messageDigest('hello world')).toBe('0xd9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68');
  const key = hex('4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318');
  const signature = signMessage('Some data', key);
  expect(signature).toBe(
    '0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c',
  );
  expect(messageSigner('Some data', signature)).toBe('0x2c7536E3605D9C16a7a3D7b1898e529396a65c23');
});

test('EIP-712: the signature of the example in the EIP', () => {
  const Person = [
    { name: 'name', type: 'string' },
    { name: 'wallet', type: 'address' },
  ];
  const mail = {
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
      ],
      Person,
      Mail: [
        { name: 'from', type: 'Person' },
        { name: 'to', type: 'Person' },
        { name: 'contents', type: 'string' },
      ],
    },
    primaryType: 'Mail',
    domain: {
      name: 'Ether Mail',
      version: '1',
      chainId: 1n,
      verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
    },
    message: {
      from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
      to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
      contents: 'Hello, Bob!',
    },
  };
  const cow = hex('c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4');
  expect(signTyped(mail as never, cow, false)).toBe(
    '0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c',
  );
});

test('EIP-712: a device certificate is signed by its owner and by nobody else', () => {
  const key = Buffer.alloc(32, 1);
  const statement = {
    owner: addressOf(key),
    device: `0x${'ab'.repeat(32)}`,
    notBefore: 1_700_000_000,
    capabilities: ['all'],
  } as never as Parameters<typeof certifyDevice>[0];
  const signature = certifyDevice(statement, key);
  expect(deviceCertifier(statement, signature)).toBe(statement.owner);
  expect(deviceCertifier({ ...statement, notBefore: 1_700_000_001 }, signature)).not.toBe(statement.owner);
  expect(deviceCertifier({ ...statement, capabilities: ['all', 'pay'] }, signature)).not.toBe(statement.owner);
});
