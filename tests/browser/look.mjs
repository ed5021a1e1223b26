// Opens every sample page narrow and wide, light and dark, and says what is wrong with it:
// {directory, look, screenshots, pages: [{language, name}]} → {"en/sign_in": ["1280 dark: …", …]}
import { AxeBuilder } from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answer, launch, question } from "./browser.mjs";
import { serve } from "./samples_server.mjs";

const HEIGHT = 800;
const TARGET_PX = 24; // WCAG 2.2 §2.5.8; links within a sentence are exempt
const FOCUSABLE = "a[href], button, input:not([type=hidden]), summary, iframe";

// OpenID Connect Front-Channel Logout goes on by itself once the frames had their time; the link goes on at once.
const EXEMPT = { frontchannel_logout: ["meta-refresh"] };

async function barriers(page, name) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).disableRules(EXEMPT[name] ?? []).analyze();
  return violations.filter((each) => ["serious", "critical"].includes(each.impact)).map((each) => `${each.id}: ${each.nodes[0].html} ${each.nodes[0].failureSummary ?? ""}`);
}

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

function layout(target) {
  const wrong = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    wrong.push(`scrolls sideways: ${scrollWidth} > ${clientWidth}`);
  }
  for (const element of document.querySelectorAll("button, input:not([type=hidden]), summary, a[href]")) {
    const box = element.getBoundingClientRect();
    if (element.tabIndex >= 0 && element.checkVisibility() && (box.height < target || box.width < target)) {
      wrong.push(`target of ${Math.round(box.width)}×${Math.round(box.height)}: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  return wrong;
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
    const wrong = await page.evaluate(`(${layout})(${TARGET_PX})`);
    // Colours depend on the scheme, structure on neither: two of the four views show all there is.
    if ((width === 360) === (scheme === "light")) {
      wrong.push(...await barriers(page, name));
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
