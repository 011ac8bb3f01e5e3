/** What the centre's pages need of the protocol, the citizen's part included. */
export * from "./citizen.ts";
export { publicKeyToJson } from "./documents.ts";
export { openedGrant } from "./grant.ts";
export {
  type KeyFile, keyFile, keyFileFromJson, keyFileToJson, recoveryWrap, withWrap, wrapOf,
} from "./key-file.ts";
export { keyOwner, newSecret, publicOf } from "./keys.ts";
export { newCode, printed, qrText, typed, unwrapByCode, wrapByCode } from "./recovery.ts";
export { openSealed } from "./sealing.ts";
export { type Wrap, unwrapByPassphrase, wrapByPassphrase } from "./wrapping.ts";
