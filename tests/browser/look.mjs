// Opens every sample page narrow and wide, light and dark, and says what is wrong with it:
// {directory, look, screenshots, pages: [{language, name}]} → {"en/sign_in": ["1280 dark: …", …]}
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answer, launch, question } from "./browser.mjs";
import { barriers, layout } from "./page_judge.mjs";
import { serve } from "./samples_server.mjs";

const HEIGHT = 800;
const FOCUSABLE = "a[href], button, input:not([type=hidden]), summary, iframe";

// OpenID Connect Front-Channel Logout goes on by itself once the frames had their time; the link goes on at once.
const EXEMPT = { frontchannel_logout: ["meta-refresh"] };

// What is visible and can be used; those that stand only for a screen reader or a password manager have tabindex=-1.
function controls(selector) {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled;
  return [...document.querySelectorAll(selector)].filter(seen);
}

async function unreachable(page) {
  const count = await page.evaluate(`(${controls})(${JSON.stringify(FOCUSABLE)}).length`);
  await page.evaluate("document.activeElement?.blur()");
  for (let pressed = 0; pressed < count + 2; ++pressed) {
    await page.keyboard.press("Tab");
    await page.evaluate("document.activeElement.dataset.reached = ''");
  }
  return page.evaluate(`(${controls})(${JSON.stringify(FOCUSABLE)}).filter((each) => !("reached" in each.dataset)).map((each) => "not reached by keyboard: " + each.outerHTML.slice(0, 120))`);
}

async function lookAt(browser, base, { language, name }, screenshots) {
  const found = [];
  const context = await browser.newContext({ locale: language });
  // form_post and the front-channel logout leave for another site: they stay here to be looked at.
  await context.route((url) => url.hostname !== "localhost" || url.pathname.endsWith("/submit.js"), (route) => route.abort());
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" && !/ERR_FAILED|status of 400/.test(message.text())) {
      found.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => found.push(`script: ${error.message}`));
  const views = language === "en" ? [[360, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]] : [[360, "light"]];
  for (const [width, scheme] of views) {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(`${base}/${language}/${name}`);
    const wrong = await layout(page);
    // Colours depend on the scheme, structure on neither: two of the four views show all there is.
    if ((width === 360) === (scheme === "light")) {
      wrong.push(...await barriers(page, EXEMPT[name]));
    }
    if (width === 360 && scheme === "light") {
      wrong.push(...await unreachable(page));
    }
    found.push(...wrong.map((each) => `${width} ${scheme}: ${each}`));
    const shot = language === "en" ? name : `${name}.${language}`;
    await page.screenshot({ path: join(screenshots, `${shot}-${width}-${scheme}.png`), fullPage: true });
  }
  await context.close();
  return found;
}

const { directory, look, screenshots, pages } = await question();
mkdirSync(screenshots, { recursive: true });
const server = await serve(directory, look);
const browser = await launch();
const found = {};
const waiting = [...pages];
await Promise.all([1, 2].map(async () => {
  for (let each = waiting.pop(); each; each = waiting.pop()) {
    found[`${each.language}/${each.name}`] = await lookAt(browser, server.base, each, screenshots);
  }
}));
await browser.close();
server.close();
answer(found);
