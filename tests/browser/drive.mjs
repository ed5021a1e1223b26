// Real Chromium for a test written in Python (tests/support/chromium.py): one command a line on standard input, {tab, do, …}; one
// answer a line on standard output, {value} or {failed}. A tab is a browser of its own: cookies, passkeys and all.
import { createInterface } from "node:readline";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { barriers, layout } from "./page_judge.mjs";

const WAIT_MS = 60_000; // two busy cores, sanitizers: only a test that fails waits so long
const HEIGHT = 800;
const EVERY_VIEW = [[360, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]];
const WITHOUT_SCRIPT = [[360, "light"]];

const browser = await launch(JSON.parse(process.argv[2] ?? "[]"));
const tabs = new Map();

// A refused request is what some tests are about; the page that says so is no fault of the page.
function isExpected(message) {
  return /the server responded with a status of 40[03]/.test(message.text()) || message.location().url.startsWith("data:");
}

async function open({ width, scheme, script, language }) {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme: scheme, javaScriptEnabled: script, locale: language, reducedMotion: "reduce" });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const tab = { context, page, width, scheme, script, status: 0, wrong: [] };
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message)) {
      tab.wrong.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => tab.wrong.push(`script: ${error.message}`));
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) {
      tab.status = response.status();
    }
  });
  const id = tabs.size + 1;
  tabs.set(id, tab);
  return id;
}

// A device with a screen lock. While nobody is there it answers nothing: it would take up the offer a sign-in page makes in the
// background, and again on the next page.
async function authenticator(tab) {
  tab.webauthn = await tab.context.newCDPSession(tab.page);
  await tab.webauthn.send("WebAuthn.enable");
  ({ authenticatorId: tab.authenticator } = await tab.webauthn.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: false } }));
}

async function presence({ webauthn, authenticator: authenticatorId }, { enabled }) {
  await webauthn.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
}

// The press of a button, and the page it led to. A form that Chromium refuses to send leads nowhere: the wait says so.
async function press(tab, { selector }) {
  const loaded = tab.page.waitForEvent("load", { timeout: WAIT_MS });
  loaded.catch(() => undefined);
  await tab.page.locator(selector).first().click();
  await loaded;
}

// axe is a script. Let in when the page stands: scripts of the page itself have missed their time.
async function withScripts(tab, judge) {
  if (tab.script) {
    return judge();
  }
  tab.devtools ??= await tab.context.newCDPSession(tab.page);
  // Only what this session turned off can it turn on.
  await tab.devtools.send("Emulation.setScriptExecutionDisabled", { value: true });
  await tab.devtools.send("Emulation.setScriptExecutionDisabled", { value: false });
  const judged = await judge();
  await tab.devtools.send("Emulation.setScriptExecutionDisabled", { value: true });
  return judged;
}

// A passkey's button, with somebody there for this once.
async function prove(tab, { selector }) {
  await presence(tab, { enabled: true });
  const gone = tab.page.waitForRequest((request) => request.method() === "POST").then(() => presence(tab, { enabled: false }));
  gone.catch(() => undefined);
  await press(tab, { selector });
  await gone;
}

async function look(tab, { name, directory }) {
  const { page, script } = tab;
  const wrong = [];
  for (const [width, scheme] of script ? EVERY_VIEW : WITHOUT_SCRIPT) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: scheme });
    const found = await layout(page);
    // Colours depend on the scheme, structure on neither: two of the four views show all there is.
    if ((width === 360) === (scheme === "light")) {
      found.push(...await withScripts(tab, () => barriers(page)));
    }
    wrong.push(...found.map((each) => `${name} ${width} ${scheme}: ${each}`));
    await page.screenshot({ path: join(directory, `${name}-${width}-${scheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: tab.width, height: HEIGHT });
  await page.emulateMedia({ colorScheme: tab.scheme });
  return wrong;
}

const commands = {
  go: async ({ page }, { url }) => { await page.goto(url, { waitUntil: "load" }); },
  back: async ({ page }) => { await page.goBack({ waitUntil: "load" }); },
  fill: async ({ page }, { selector, value }) => { await page.locator(selector).first().fill(value); },
  click: async ({ page }, { selector }) => { await page.locator(selector).first().click(); },
  press,
  prove,
  arrive: async ({ page }, { url }) => { await page.waitForURL((at) => at.href.startsWith(url), { waitUntil: "load" }); },
  state: async ({ page, status }) => ({ url: page.url(), title: await page.title(), text: await page.locator("body").innerText(), status }),
  count: async ({ page }, { selector }) => page.locator(selector).count(),
  shown: async ({ page }, { selector }) => page.locator(selector).first().isVisible(),
  appear: async ({ page }, { selector }) => { await page.locator(selector).first().waitFor({ state: "visible" }); },
  text: async ({ page }, { selector }) => page.locator(selector).first().textContent(),
  attribute: async ({ page }, { selector, name }) => page.locator(selector).first().getAttribute(name),
  value: async ({ page }, { selector }) => page.locator(selector).first().inputValue(),
  evaluate: async ({ page }, { script }) => page.evaluate(script),
  authenticator,
  presence,
  look,
  picture: async ({ page }, { path }) => { await page.screenshot({ path }); },
  wrong: async (tab) => tab.wrong.splice(0),
  close: async ({ context }) => { await context.close(); },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answered;
  try {
    const value = command.do === "open" ? await open(command) : await commands[command.do](tabs.get(command.tab), command);
    answered = { value: value ?? null };
  } catch (error) {
    answered = { failed: String(error).slice(0, 800) };
  }
  process.stdout.write(`${JSON.stringify(answered)}\n`);
}
await browser.close();
