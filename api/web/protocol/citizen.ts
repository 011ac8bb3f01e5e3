/** What the citizen's and the telephone agent's pages need of the protocol; no WebAssembly. */
export {
  type Campaign, type ServiceAddress, verifiedCampaign, verifiedCentreKey,
} from "./authority.ts";
export {
  type SignedCampaign, signedCampaignFromJson, type SignedKey, signedKeyFromJson,
} from "./documents.ts";
export { type Bytes, fromBase64url, toBase64url, toHex } from "./encoding.ts";
export { identity, type Identity, type IdentityFields, personOf } from "./identity.ts";
export { keyServiceAt, Unanswered } from "./key-service.ts";
export { fingerprint, keyIdOf, type KeyOwner, randomBytes } from "./keys.ts";
export { civilIdentity, type Kind, matricule, type Person } from "./person.ts";
export { Refused } from "./refusal.ts";
export { type Binding, seal } from "./sealing.ts";
export { type KeyService, personTags } from "./tag.ts";
