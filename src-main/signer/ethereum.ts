/** EVM addresses, EIP-191 and EIP-712 signatures: the one importer of micro-eth-signer. */
import { addr, eip191Signer, recoverAddressTyped, signTyped } from 'micro-eth-signer';
import type { Address, Hex } from '../wire/schema.ts';

/** The EIP-55 address of a 32-byte private key. */
export const addressOf = (privateKey: Uint8Array): Address => addr.fromPrivateKey(privateKey) as Address;

/** keccak256("\x19Ethereum Signed Message:\n" ‖ length ‖ message), the message as UTF-8 (EIP-191, version 0x45). */
export const messageDigest = (message: string): Hex => `0x${strip(eip191Signer.getHash(message))}` as Hex;

/** 65 bytes r ‖ s ‖ v; deterministic (RFC 6979), so that asking twice gives the same signature. */
export const signMessage = (message: string, privateKey: Uint8Array): Hex =>
  eip191Signer.sign(message, privateKey, false) as Hex;

/** Who signed this message. */
export const messageSigner = (message: string, signature: string): Address =>
  eip191Signer.recoverAddress(signature, message) as Address;

const strip = (hex: string) => hex.replace(/^0x/, '').toLowerCase();

/** What the owner says of one of their devices. */
export interface DeviceStatement {
  readonly owner: Address;
  /** The device's Ed25519 public key, 32 bytes. */
  readonly device: Hex;
  /** Seconds since 1970. */
  readonly notBefore: number;
  /** What the device may do for the owner; `all` for the device that holds the words' vault. */
  readonly capabilities: readonly string[];
}

const DEVICE_TYPES = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
  ],
  DeviceCertificate: [
    { name: 'owner', type: 'address' },
    { name: 'device', type: 'bytes32' },
    { name: 'notBefore', type: 'uint64' },
    { name: 'capabilities', type: 'string[]' },
  ],
} as const;

/** The EIP-712 document of a statement. No chain id: the certificate is read by peers, not by a contract. */
const deviceDocument = (statement: DeviceStatement) => ({
  types: DEVICE_TYPES,
  primaryType: 'DeviceCertificate' as const,
  domain: { name: 'daimon', version: '1' },
  message: { ...statement, notBefore: BigInt(statement.notBefore), capabilities: [...statement.capabilities] },
});

/** The owner's account 0 signs a device statement (EIP-712). */
export const certifyDevice = (statement: DeviceStatement, privateKey: Uint8Array): Hex =>
  signTyped(deviceDocument(statement) as never, privateKey, false) as Hex;

/** Who signed a device statement; it holds when that is its owner. */
export const deviceCertifier = (statement: DeviceStatement, signature: string): Address =>
  recoverAddressTyped(signature, deviceDocument(statement) as never) as Address;
