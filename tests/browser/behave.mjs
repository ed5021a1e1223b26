// What the scripts of the pages do, and what is left without them: {directory} → {check: what happened}
import { answer, launch, question } from "./browser.mjs";
import { serve } from "./samples_server.mjs";

const { directory } = await question();
const server = await serve(directory);
const browser = await launch();

async function fresh(options = {}) {
  const context = await browser.newContext(options);
  const sent = [];
  await context.route((url) => url.hostname !== "localhost", (route) => {
    sent.push({ url: route.request().url(), method: route.request().method(), body: route.request().postData() });
    return route.abort();
  });
  return { context, sent, page: await context.newPage() };
}

async function withAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

async function formPost() {
  const { context, page, sent } = await fresh();
  const left = page.waitForEvent("requestfailed", (request) => request.method() === "POST");
  await page.goto(`${server.base}/en/form_post`);
  await left;
  await context.close();
  return sent;
}

async function formPostWithoutScript() {
  const { context, page, sent } = await fresh({ javaScriptEnabled: false });
  await page.goto(`${server.base}/en/form_post`);
  const before = sent.length;
  const left = page.waitForEvent("requestfailed", (request) => request.method() === "POST");
  await page.click("#submit");
  await left;
  await context.close();
  return { before, after: sent.length };
}

async function signInWithoutScript() {
  const { context, page } = await fresh({ javaScriptEnabled: false });
  await page.goto(`${server.base}/en/sign_in`);
  const hidden = await page.locator("[data-passkey]").isHidden() && await page.locator("[data-reveal]").isHidden();
  await page.fill("#username", "alice");
  await page.fill("#username", "alice@example.com");
  await page.fill("#password", "correct horse");
  await page.click("#submit");
  await page.waitForSelector("#posted");
  await context.close();
  return { hidden, posted: server.posted.at(-1) };
}

async function passkeys() {
  const { context, page } = await fresh();
  await withAuthenticator(page);
  await page.goto(`${server.base}/en/enrol_passkey`);
  await page.fill("#name", "Test key");
  await page.click("[data-passkey] button");
  await page.waitForSelector("#posted");
  const enrolled = server.posted.at(-1);
  await page.goto(`${server.base}/en/sign_in_passkey`);
  await page.click("[data-passkey] button");
  await page.waitForSelector("#posted");
  const proved = server.posted.at(-1);
  // A passkey this authenticator does not have: nothing is sent, the page says so.
  await page.goto(`${server.base}/en/passkey`);
  await page.click("[data-passkey] button");
  await page.waitForSelector("[data-because=cancelled]:visible, [data-because=failed]:visible");
  const said = await page.locator("[data-because]:visible").innerText();
  await context.close();
  return { enrolled, proved, said };
}

async function autofill() {
  const { context, page } = await fresh();
  await page.goto(`${server.base}/en/sign_in`);
  const supported = await page.evaluate("PublicKeyCredential.isConditionalMediationAvailable()");
  const autocomplete = await page.getAttribute("#username", "autocomplete");
  await context.close();
  return { supported, autocomplete };
}

async function comforts() {
  const { context, page } = await fresh();
  await page.goto(`${server.base}/en/password`);
  await page.fill("#password", "secret");
  await page.click("[data-reveal]");
  const shown = await page.getAttribute("#password", "type");
  await page.evaluate("document.getElementById('main').addEventListener('submit', (event) => { globalThis.type_when_sent = document.getElementById('password').type; })");
  const before = server.posted.length;
  await page.evaluate("(() => { const button = document.getElementById('submit'); button.click(); button.click(); })()");
  await page.waitForSelector("#posted");
  await context.close();
  return { shown, sent: server.posted.length - before, posted: server.posted.at(-1) };
}

async function download() {
  const { context, page } = await fresh();
  await page.goto(`${server.base}/en/recovery_codes`);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
  const stream = await file.createReadStream();
  let text = "";
  for await (const part of stream) {
    text += part;
  }
  const name = file.suggestedFilename();
  await context.close();
  return { name, text };
}

async function frontChannel() {
  const { context, page, sent } = await fresh();
  await page.goto(`${server.base}/en/frontchannel_logout`);
  await page.waitForEvent("requestfailed", (request) => request.isNavigationRequest() && request.frame() === page.mainFrame());
  await context.close();
  return sent.map((each) => each.url);
}

const checks = { formPost, formPostWithoutScript, signInWithoutScript, passkeys, autofill, comforts, download, frontChannel };
const happened = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    happened[name] = await check();
  } catch (error) {
    happened[name] = { failed: String(error).slice(0, 600) };
  }
}
await browser.close();
server.close();
answer(happened);
