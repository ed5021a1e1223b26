// Debian's Chromium by Playwright. Programs of this suite read one JSON object from standard input and write one to standard
// output (tests/browser/conftest.py starts them).
import { chromium } from "playwright-core";

export async function question() {
  const parts = [];
  for await (const part of process.stdin) {
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString());
}

export function answer(value) {
  process.stdout.write(JSON.stringify(value));
}

export async function launch(more = []) {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    // Tests run as root in containers, where the sandbox cannot; the pages are our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", ...more],
  });
}
