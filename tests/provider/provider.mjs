// An OpenID Connect provider for the tests of sign-on: npm's oidc-provider on the loopback address.
// Settings come as one JSON argument; it prints its port when it listens.
import { createServer } from "node:http";

const options = JSON.parse(process.argv[2]);
if (options.clockSkewSeconds) {
  const realNow = Date.now.bind(Date);
  Date.now = () => realNow() + options.clockSkewSeconds * 1000;
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [RealDate.now()]));
    }
  };
}
const { default: Provider } = await import("oidc-provider");

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "creneau",
        client_secret: options.secret,
        redirect_uris: options.returnUrls,
        response_types: ["code"],
        grant_types: ["authorization_code"],
        ...(options.signedUserinfo ? { userinfo_signed_response_alg: "RS256" } : {}),
      },
    ],
    acrValues: ["eidas1", "eidas2"],
    claims: { openid: ["sub", "acr"], staff: ["structures", "rpps", "email"] },
    scopes: ["openid", "staff"],
    conformIdTokenClaims: true,
    ttl: { IdToken: 60, AuthorizationCode: 60, AccessToken: 60, Session: 600, Grant: 600, Interaction: 600 },
    pkce: { required: () => options.pkceRequired ?? true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...(options.people[id] ?? {}) }),
    }),
    loadExistingGrant: async (context) => {
      const grant = new provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope("openid staff");
      await grant.save();
      return grant;
    },
  });
  // The person signs on by their cookie `who`, at the level of their cookie `level`.
  provider.use(async (context, next) => {
    if (!context.path.startsWith("/interaction/")) return next();
    const accountId = context.cookies.get("who");
    if (!accountId) return context.throw(403);
    const acr = context.cookies.get("level");
    const login = { accountId, ...(acr ? { acr } : {}) };
    return provider.interactionFinished(context.req, context.res, { login });
  });
  server.on("request", provider.callback());
  process.stdout.write(`${server.address().port}\n`);
});
