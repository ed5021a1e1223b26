// What is wrong with a page as it stands: barriers axe calls serious, what does not fit, what is too small to press.
import { AxeBuilder } from "@axe-core/playwright";

const TARGET_PX = 24; // WCAG 2.2 §2.5.8; links within a sentence are exempt
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function barriers(page, exempt = []) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).disableRules(exempt).setLegacyMode(true).analyze();
  return violations.filter((each) => ["serious", "critical"].includes(each.impact)).map((each) => `${each.id}: ${each.nodes[0].html} ${each.nodes[0].failureSummary ?? ""}`);
}

function measure(target) {
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

export async function layout(page) {
  return page.evaluate(`(${measure})(${TARGET_PX})`);
}
